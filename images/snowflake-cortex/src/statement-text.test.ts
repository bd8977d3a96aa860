import { expect, test } from "vitest";
import { checkStatement } from "./statement-text.ts";

test.each([
  "select 1",
  "  SELECT 1;  ",
  "(select 1) union (select 2)",
  "with t as (select 1) select * from t",
  "show tables",
  "describe table t",
  "desc table t",
  "explain select 1",
  "values (1), (2)",
  "-- delete\nselect 1 -- ; drop table t",
  "// delete\nselect 1",
  "/* ; */ select ';' /* ; */",
  "select 'it''s; fine', 'a\\'; b', \"a;b\", $$ ; delete $$ ;;",
])("reads: %s", (sql) => {
  expect(() => checkStatement(sql)).not.toThrow();
});

test.each([
  ["insert into t values (1)", "it begins with INSERT"],
  ["call p()", "it begins with CALL"],
  ["/* select */ update t set a = 1", "it begins with UPDATE"],
  ["-- select\ndelete from t", "it begins with DELETE"],
  ["'select'", "it begins with ?"],
  ["select 1; select 2", "several statements"],
  ["select 1; -- end\n delete from t", "several statements"],
  ["select '\\'; delete from t; --'; delete from t", "several statements"],
  ["with p as procedure () returns int as $$ begin drop table t; end $$ call p()", "it declares a procedure"],
  ["", "it is empty"],
  [" ; ", "it is empty"],
  ["/* nothing", "it is empty"],
])("refuses %s", (sql, why) => {
  expect(() => checkStatement(sql)).toThrow(why);
});

test("a text that is long and hostile is looked at in a moment", () => {
  const began = performance.now();
  for (const part of ["'", '"', "/*", "$$", "--", "\\'", "((", "$"]) {
    try {
      checkStatement(`select ${part.repeat(50_000)}`);
    } catch {}
  }
  expect(performance.now() - began).toBeLessThan(2_000);
});
