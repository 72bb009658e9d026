/** Random schedules of the array, and what the ports of the RTL see of them. */

const pick = (random, choices) => choices[random() % choices.length];
const below = (random, limit) => random() % limit;

/** The numbers 0..255, many of them extremes, where the sign of a byte matters. */
function makeBytes(random, length) {
  return Uint8Array.from({ length }, () => {
    const bits = random();
    return (bits & 0x300) === 0 ? [0x80, 0x7f, 0xff, 0][(bits >>> 10) & 3] : bits & 0xff;
  });
}

/**
 * Feeds one behind the other and the shifts of their tiles, as early as docs/timing.md lets them or
 * later: a shift waits for the one before it and, with the first half of a tile, for the feed that
 * switched to the tile before; a feed that switches waits for the shifts of its tile.
 *
 * @param rowsLimit most rows of a feed, as a multiple of those of the array
 */
export function planSchedule(random, shape, { stepsLimit, rowsLimit }) {
  const { rows: R, columns: C } = shape;
  const plan = { shape, shifts: [], feeds: [], operands: new Map(), endCycle: 0 };
  let feedFrom = 0;
  let shiftFrom = 0;
  let planeFrom = 0;
  let weightBytes = pick(random, [1, 2]);
  const shiftTile = (halves) => {
    shiftFrom = Math.max(shiftFrom, planeFrom) + pick(random, [0, 0, 0, 1, below(random, R + C)]);
    for (const half of ['low', 'high'].slice(0, halves)) {
      // The halves of a tile may follow each other at once or not.
      if (half === 'high') shiftFrom += pick(random, [0, 0, 1 + below(random, R)]);
      plan.shifts.push({ cycle: shiftFrom, weights: makeBytes(random, R * C), half });
      shiftFrom += R;
    }
  };
  const steps = 1 + below(random, stepsLimit);
  for (let step = 0; step < steps; step++) {
    const halves = pick(random, [0, 1, 1, 2, 2]);
    let startCycle = feedFrom + pick(random, [0, 0, 0, 1, below(random, 2 * (R + C))]);
    if (halves > 0) {
      weightBytes = halves;
      shiftTile(halves);
      startCycle = Math.max(startCycle, shiftFrom);
      planeFrom = startCycle;
    }
    const rows = pick(random, [1, 2, 1 + below(random, R), R, 1 + below(random, rowsLimit * R)]);
    const feed = {
      startCycle,
      rows,
      switchWeights: halves > 0,
      activations: { signed: pick(random, [true, false]), bytes: pick(random, [1, 1, 2]) },
      weights: { signed: pick(random, [true, false]), bytes: weightBytes },
      ubByte: 0,
      accRow: 0,
      accumulate: pick(random, [true, false]),
    };
    plan.feeds.push(feed);
    plan.operands.set(feed, makeBytes(random, rows * R * feed.activations.bytes));
    feedFrom = startCycle + rows * feed.activations.bytes * weightBytes;
  }
  // A tile that nobody switches to.
  if (pick(random, [true, false])) shiftTile(pick(random, [1, 2]));
  plan.endCycle = Math.max(feedFrom, shiftFrom) + R + C + 1;
  return plan;
}

const flags = { reset: 1, feed: 2, rowSigned: 4, shiftFirst: 8, observe: 16 };
const controls = { switchWeights: 1, signedWeight: 2, highWeight: 4, highActivation: 8 };
const shiftOf = { low: 1, high: 2 };

function stimulusBytesPerCycle({ rows, columns }) {
  return 3 + rows + columns;
}

/**
 * What the ports see: a cycle of reset, then the cycles 0..endCycle. Ports that do not count in a
 * cycle carry anything.
 *
 * @param observed the cycles after which the registers are compared; all without it
 */
export function makeStimulus(random, schedule, observed) {
  const { shape, feeds, shifts, endCycle } = schedule;
  const size = stimulusBytesPerCycle(shape);
  const stimulus = makeBytes(random, (endCycle + 2) * size);
  for (let cycle = -1; cycle <= endCycle; cycle++) {
    const at = (cycle + 1) * size;
    stimulus[at] &= flags.rowSigned | flags.shiftFirst;
    stimulus[at + 1] &= 15;
    stimulus[at + 2] = 0;
    if (cycle < 0) stimulus[at] |= flags.reset;
    else if (!observed || observed.has(cycle)) stimulus[at] |= flags.observe;
  }
  for (const feed of feeds) writeFeed(stimulus, size, schedule, feed);
  for (const { cycle, weights, half } of shifts) {
    for (let i = 0; i < shape.rows; i++) {
      const at = (cycle + 1 + i) * size;
      stimulus[at] &= ~flags.shiftFirst;
      if (i === 0) stimulus[at] |= flags.shiftFirst;
      stimulus[at + 2] = shiftOf[half];
      // The last row of a tile comes first.
      const tileRow = shape.rows - 1 - i;
      const row = weights.subarray(tileRow * shape.columns, (tileRow + 1) * shape.columns);
      stimulus.set(row, at + 3 + shape.rows);
    }
  }
  return stimulus;
}

/** Byte `place` of the R activations of a row, from values of `size` little-endian bytes. */
function activationBytes({ shape, operands }, feed, row, place) {
  const bytes = operands.get(feed);
  const size = feed.activations.bytes;
  const first = row * shape.rows * size + place;
  return Uint8Array.from({ length: shape.rows }, (_, r) => bytes[first + r * size]);
}

/** A row in as many cycles as it has pairs of bytes, the byte of the weight changing fastest. */
function writeFeed(stimulus, size, schedule, feed) {
  const { activations, weights } = feed;
  let at = (feed.startCycle + 1) * size;
  for (let row = 0; row < feed.rows; row++) {
    for (let activationByte = 0; activationByte < activations.bytes; activationByte++) {
      for (let weightByte = 0; weightByte < weights.bytes; weightByte++) {
        const isFirst = row + activationByte + weightByte === 0;
        const rowSigned = activations.signed && activationByte === activations.bytes - 1;
        const weightSigned = weights.signed && weightByte === weights.bytes - 1;
        stimulus[at] &= ~flags.rowSigned;
        stimulus[at] |= flags.feed | (rowSigned ? flags.rowSigned : 0);
        stimulus[at + 1] =
          (feed.switchWeights && isFirst ? controls.switchWeights : 0) |
          (weightSigned ? controls.signedWeight : 0) |
          (weightByte === 1 ? controls.highWeight : 0) |
          (activationByte === 1 ? controls.highActivation : 0);
        stimulus.set(activationBytes(schedule, feed, row, activationByte), at + 3);
        at += size;
      }
    }
  }
}

/**
 * Cycles whose registers are compared where comparing all would take too long: those around which
 * something begins, and as many others.
 */
export function chooseCycles(random, { feeds, shifts, shape, endCycle }, count) {
  const { rows, columns } = shape;
  const moments = [
    ...feeds.map(({ startCycle }) => startCycle + below(random, rows + columns)),
    ...shifts.map(({ cycle }) => cycle + below(random, rows + columns)),
    ...feeds.map(({ startCycle }) => startCycle),
    ...shifts.map(({ cycle }) => cycle),
  ];
  const chosen = new Set();
  while (chosen.size < Math.min(count, endCycle)) {
    const moment = pick(random, moments) + pick(random, [-1, 0, 1]);
    chosen.add(Math.min(Math.max(0, moment), endCycle));
    chosen.add(below(random, endCycle + 1));
  }
  return chosen;
}
