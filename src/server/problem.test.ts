import assert from "node:assert/strict";
import test from "node:test";
import { consequences, PortolanError, type ErrorCode } from "../base/errors.ts";
import { toProblem } from "./problem.ts";

test("each of the seven codes has its status and keeps its words, but the internal one", () => {
  for (const [code, { httpStatus }] of Object.entries(consequences)) {
    const error = new PortolanError(code as ErrorCode, "the words", {
      hint: "the hint",
      details: { line: 3 },
    });
    const problem = toProblem(error, "r-1");
    assert.equal(problem.status, httpStatus);
    assert.equal(problem.requestId, "r-1");
    const isOurs = code === "internal";
    assert.equal(problem.detail === "the words", !isOurs, code);
    assert.equal("details" in problem, !isOurs, code);
  }
});

test("S16 a foreign error shows nothing of itself", () => {
  const problem = toProblem(new Error("connect ECONNREFUSED /data/secret.sock password=hunter2"), "r-2");
  assert.equal(problem.status, 500);
  assert.doesNotMatch(JSON.stringify(problem), /hunter2|secret\.sock|ECONNREFUSED/);
});

test("what the framework refuses keeps its status and gets a sentence", () => {
  const tooLarge = Object.assign(new Error("Request body is too large"), {
    statusCode: 413,
    code: "FST_ERR_CTP_BODY_TOO_LARGE",
  });
  const problem = toProblem(tooLarge, "r-3");
  assert.deepEqual([problem.status, problem.code], [413, "invalid"]);
  assert.match(problem.detail, /too large/);
});
