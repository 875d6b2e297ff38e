// Instructions that address memory: name, opcode, and the bytes that an access touches, which is its natural alignment.

export const ACCESS = {
  "i32 -> i32": `
    i32.load:28:4  i32.load8_s:2c:1  i32.load8_u:2d:1  i32.load16_s:2e:2  i32.load16_u:2f:2
    i32.atomic.load:fe10:4  i32.atomic.load8_u:fe12:1`,
  "i32 -> i64": `
    i64.load:29:8  i64.load32_s:34:4  i64.load32_u:35:4  i64.atomic.load:fe11:8`,
  "i32 -> f32": " f32.load:2a:4",
  "i32 -> f64": " f64.load:2b:8",
  "i32 -> v128": `
    v128.load:fd00:16  v128.load32x2_s:fd05:8  v128.load32x2_u:fd06:8  v128.load8_splat:fd07:1
    v128.load32_splat:fd09:4  v128.load64_splat:fd0a:8  v128.load32_zero:fd5c:4  v128.load64_zero:fd5d:8`,
  "i32 i32 -> none": `
    i32.store:36:4  i32.store8:3a:1  i32.store16:3b:2  i32.atomic.store:fe17:4  i32.atomic.store8:fe19:1`,
  "i32 i64 -> none": " i64.store:37:8  i64.store32:3e:4  i64.atomic.store:fe18:8",
  "i32 f32 -> none": " f32.store:38:4",
  "i32 f64 -> none": " f64.store:39:8",
  "i32 v128 -> none": " v128.store:fd0b:16",
  "i32 i32 -> i32": `
    memory.atomic.notify:fe00:4  i32.atomic.rmw.add:fe1e:4  i32.atomic.rmw.sub:fe25:4  i32.atomic.rmw.and:fe2c:4
    i32.atomic.rmw.or:fe33:4  i32.atomic.rmw.xor:fe3a:4  i32.atomic.rmw.xchg:fe41:4`,
  "i32 i64 -> i64": " i64.atomic.rmw.add:fe1f:8",
  "i32 i32 i32 -> i32": " i32.atomic.rmw.cmpxchg:fe48:4",
  "i32 i64 i64 -> i64": " i64.atomic.rmw.cmpxchg:fe49:8",
  "i32 i32 i64 -> i32": " memory.atomic.wait32:fe01:4",
  "i32 i64 i64 -> i32": " memory.atomic.wait64:fe02:8",
} as const;

export const LANE_ACCESS = {
  "i32 v128 -> v128": `
    v128.load8_lane:fd54:1  v128.load16_lane:fd55:2  v128.load32_lane:fd56:4  v128.load64_lane:fd57:8`,
  "i32 v128 -> none": `
    v128.store8_lane:fd58:1  v128.store16_lane:fd59:2  v128.store32_lane:fd5a:4  v128.store64_lane:fd5b:8`,
} as const;
