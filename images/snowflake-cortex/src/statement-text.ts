import { AgentError } from "@agentorchestrator/shared";

const readingKeywords = ["SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "VALUES"];

/**
 * Refuses early what the role would refuse anyhow: several statements, and those that do not begin as one that reads.
 * A courtesy with a clear message, no guarantee: the guarantee is the role.
 *
 * @throws AgentError 400 StatementRefused
 */
export function checkStatement(sql: string): void {
  const tokens = significant(sql);
  const end = tokens.indexOf(";");
  if (end >= 0 && tokens.slice(end).some((token) => token !== ";"))
    throw refused("it holds several statements; send one each request");
  if (tokens.some((token, index) => isWord(token, "AS") && isWord(tokens[index + 1], "PROCEDURE")))
    throw refused("it declares a procedure");
  const first = tokens.find((token) => token !== "(")?.toUpperCase();
  if (first === undefined || first === ";") throw refused("it is empty");
  if (!readingKeywords.includes(first))
    throw refused(`it begins with ${first.slice(0, 40)}; only ${readingKeywords.join(", ")} are taken here`);
}

const isWord = (token: string | undefined, word: string): boolean => token?.toUpperCase() === word;

function refused(why: string): AgentError {
  return new AgentError("StatementRefused", `the statement was not sent: ${why}`, { status: 400, retryable: false });
}

/**
 * Words and marks that are in no comment and no quotes; what is quoted counts as one `?`.
 * https://docs.snowflake.com/en/sql-reference/literals: '' and \' in strings, "" in identifiers, $$ … $$ as it is.
 */
const lexeme =
  /(--|\/\/)[^\n]*|\/\*[\s\S]*?(\*\/|$)|'(?:''|\\[\s\S]|[^'\\])*(?:'|$)|"(?:""|[^"])*(?:"|$)|\$\$[\s\S]*?(?:\$\$|$)|[\w$]+|\S/g;

function significant(sql: string): string[] {
  const tokens: string[] = [];
  for (const [text] of sql.matchAll(lexeme)) {
    if (/^(--|\/\/|\/\*)/.test(text)) continue;
    tokens.push(/^['"]|^\$\$/.test(text) ? "?" : text);
  }
  return tokens;
}
