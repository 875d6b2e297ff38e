// Langevin dynamics: walkers that climb the score and are shaken, so that they end up distributed as p.
//
//   x ← x + η s(x) + √(2η) z,   z ~ N(0, I)
//
// One that leaves the picture, and now and then any other, starts again from anywhere in it.

const stepSize = 0.002; // η, in squared data units
const lifetime = 600; // steps, on average
const trailLength = 4; // places that are remembered

/** @param {number} count @param {number} reach  the picture is [−reach, reach]² */
export function createWalkers(count, reach) {
  const positions = new Float32Array(2 * count);
  /** @type {(readonly [number, number])[][]} */
  const trails = Array.from({ length: count }, () => []);
  const place = (/** @type {number} */ i) => {
    positions[2 * i] = (2 * Math.random() - 1) * reach;
    positions[2 * i + 1] = (2 * Math.random() - 1) * reach;
    trails[i] = [];
  };
  const scatter = () => trails.forEach((_, i) => place(i));
  scatter();

  return {
    positions,
    trails,
    scatter,
    /** One step along the score at `positions`, flat [count, 2]. @param {ArrayLike<number>} score */
    step(score) {
      for (let i = 0; i < count; i++) {
        const [x, y] = [positions[2 * i], positions[2 * i + 1]];
        trails[i].push([x, y]);
        if (trails[i].length > trailLength) trails[i].shift();
        positions[2 * i] = x + stepSize * score[2 * i] + Math.sqrt(2 * stepSize) * normal();
        positions[2 * i + 1] = y + stepSize * score[2 * i + 1] + Math.sqrt(2 * stepSize) * normal();
        const farthest = Math.max(Math.abs(positions[2 * i]), Math.abs(positions[2 * i + 1]));
        if (!(farthest < reach) || Math.random() < 1 / lifetime) place(i);
      }
    },
  };
}

/** A standard normal deviate, by Box and Muller. */
const normal = () =>
  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
