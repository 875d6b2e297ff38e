// Scalar instructions and those on the whole memory, in the notation of `instructions.ts`.

export const SCALAR = {
  "i32 -> i32": `
    i32.eqz:45  i32.clz:67  i32.ctz:68  i32.popcnt:69  i32.extend8_s:c0  i32.extend16_s:c1  memory.grow:40`,
  "i32 i32 -> i32": `
    i32.eq:46  i32.ne:47  i32.lt_s:48  i32.lt_u:49  i32.gt_s:4a  i32.gt_u:4b  i32.le_s:4c  i32.le_u:4d
    i32.ge_s:4e  i32.ge_u:4f  i32.add:6a  i32.sub:6b  i32.mul:6c  i32.div_s:6d  i32.div_u:6e  i32.rem_s:6f
    i32.rem_u:70  i32.and:71  i32.or:72  i32.xor:73  i32.shl:74  i32.shr_s:75  i32.shr_u:76  i32.rotl:77
    i32.rotr:78`,
  "i64 -> i32": " i64.eqz:50  i32.wrap_i64:a7",
  "i64 i64 -> i32": `
    i64.eq:51  i64.ne:52  i64.lt_s:53  i64.lt_u:54  i64.gt_s:55  i64.gt_u:56  i64.le_s:57  i64.le_u:58
    i64.ge_s:59  i64.ge_u:5a`,
  "i64 -> i64": " i64.clz:79  i64.ctz:7a  i64.popcnt:7b",
  "i64 i64 -> i64": `
    i64.add:7c  i64.sub:7d  i64.mul:7e  i64.div_s:7f  i64.div_u:80  i64.rem_s:81  i64.rem_u:82  i64.and:83
    i64.or:84  i64.xor:85  i64.shl:86  i64.shr_s:87  i64.shr_u:88  i64.rotl:89  i64.rotr:8a`,
  "f32 f32 -> i32": " f32.eq:5b  f32.ne:5c  f32.lt:5d  f32.gt:5e  f32.le:5f  f32.ge:60",
  "f64 f64 -> i32": " f64.eq:61  f64.ne:62  f64.lt:63  f64.gt:64  f64.le:65  f64.ge:66",
  "f32 -> f32": `
    f32.abs:8b  f32.neg:8c  f32.ceil:8d  f32.floor:8e  f32.trunc:8f  f32.nearest:90  f32.sqrt:91`,
  "f32 f32 -> f32": `
    f32.add:92  f32.sub:93  f32.mul:94  f32.div:95  f32.min:96  f32.max:97  f32.copysign:98`,
  "f64 -> f64": `
    f64.abs:99  f64.neg:9a  f64.ceil:9b  f64.floor:9c  f64.trunc:9d  f64.nearest:9e  f64.sqrt:9f`,
  "f64 f64 -> f64": `
    f64.add:a0  f64.sub:a1  f64.mul:a2  f64.div:a3  f64.min:a4  f64.max:a5  f64.copysign:a6`,
  "f32 -> i32": `
    i32.trunc_f32_s:a8  i32.trunc_f32_u:a9  i32.reinterpret_f32:bc  i32.trunc_sat_f32_s:fc00
    i32.trunc_sat_f32_u:fc01`,
  "f64 -> i32": `
    i32.trunc_f64_s:aa  i32.trunc_f64_u:ab  i32.trunc_sat_f64_s:fc02  i32.trunc_sat_f64_u:fc03`,
  "f32 -> i64": `
    i64.trunc_f32_s:ae  i64.trunc_f32_u:af  i64.trunc_sat_f32_s:fc04  i64.trunc_sat_f32_u:fc05`,
  "f64 -> i64": `
    i64.trunc_f64_s:b0  i64.trunc_f64_u:b1  i64.reinterpret_f64:bd  i64.trunc_sat_f64_s:fc06
    i64.trunc_sat_f64_u:fc07`,
  "i32 -> i64": " i64.extend_i32_s:ac  i64.extend_i32_u:ad",
  "i32 -> f32": " f32.convert_i32_s:b2  f32.convert_i32_u:b3  f32.reinterpret_i32:be",
  "i64 -> f32": " f32.convert_i64_s:b4  f32.convert_i64_u:b5",
  "f64 -> f32": " f32.demote_f64:b6",
  "i32 -> f64": " f64.convert_i32_s:b7  f64.convert_i32_u:b8",
  "i64 -> f64": " f64.convert_i64_s:b9  f64.convert_i64_u:ba  f64.reinterpret_i64:bf",
  "f32 -> f64": " f64.promote_f32:bb",
  " -> none": " unreachable:00  nop:01  atomic.fence:fe03",
  " -> i32": " memory.size:3f",
  "i32 i32 i32 -> none": " memory.copy:fc0a  memory.fill:fc0b",
} as const;
