// What is told of ports watched from outside through loss: a long steady state, and the article's case beside the
// article's rules. Pure simulations with seeds. Arguments: seeds of the case (1,000), seeds of the steady state (3).
import { playArticle, playSteadyState, type Verdicts } from "../test/detect/outside-stories.ts";

const [caseSeeds = 1_000, steadySeeds = 3] = process.argv.slice(2).map(Number);

console.log(
  "steady state: 500 hosts × 1,000 ports, 10,000 known, 30 sweeps, 5 % lost each way, 20 + 20 planted",
);
for (let seed = 1; seed <= steadySeeds; seed += 1) {
  const outcome = playSteadyState({
    hosts: 500,
    ports: 1_000,
    knownPerHost: 20,
    cycles: 30,
    planted: 20,
    loss: 0.05,
    seed,
  });
  console.log(
    `seed ${seed}: falsely new ${outcome.falseNew}, falsely down ${outcome.falseDown}, ` +
      `told in their cycle ${outcome.toldInTime} of 40, sweeps ${outcome.sweepPasses.toFixed(3)} × one pass, ` +
      `asking again ${outcome.verifyingPasses.toFixed(4)} ×`,
  );
}

console.log(`\nthe article's case, ${caseSeeds} seeds: right of all, %`);
for (const loss of [0, 0.02, 0.05, 0.2]) {
  for (const world of ["relaunched", "missed"] as const) {
    const right = { ours: 0, yesterday: 0, threeDays: 0 };
    for (let seed = 1; seed <= caseSeeds; seed += 1) {
      const verdicts: Verdicts = playArticle(world, loss, seed);
      for (const rule of ["ours", "yesterday", "threeDays"] as const) right[rule] += Number(verdicts[rule]);
    }
    const share = (count: number): string => ((count / caseSeeds) * 100).toFixed(1).padStart(5);
    console.log(
      `${String(loss * 100).padStart(2)} % lost each way, ${world.padEnd(10)}: ours ${share(right.ours)}, ` +
        `yesterday ${share(right.yesterday)}, 3 days ${share(right.threeDays)}`,
    );
  }
}
