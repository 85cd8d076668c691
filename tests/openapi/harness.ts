/** What the calls of a generated file stand on: a client as anybody would make one, and a record of what came back. */

import createClient, { type Middleware } from "openapi-fetch";

import type { paths } from "./schema.d.ts";

interface Asked {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** Sends a body as its head announces it. */
const compressing: Middleware = {
  async onRequest({ request }) {
    if (request.headers.get("Content-Encoding") !== "gzip" || request.body === null) return undefined;
    const packed = await new Response(request.body.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
    return new Request(request, { body: packed });
  },
};

const { DEMANDA_URL: baseUrl = "", DEMANDA_TOKEN: token = "" } = process.env;
export const client = createClient<paths>({
  baseUrl,
  headers: { Authorization: `Token ${token}` },
  redirect: "manual",
});
client.use(compressing);

const answers: [number, string, unknown][] = [];

/** Waits for an answer and keeps its status, type and body. */
export async function record(asked: Promise<Asked>): Promise<void> {
  const { data, error, response } = await asked;
  answers.push([response.status, response.headers.get("Content-Type") ?? "", data ?? error ?? null]);
}

/** Hands over what was recorded. */
export function finish(): void {
  process.stdout.write(JSON.stringify(answers));
}

export const asText = (body: unknown): string => String(body);
export const asBytes = (body: unknown): Uint8Array<ArrayBuffer> => Buffer.from(String(body), "base64");
export const asLine = (body: unknown): string => `${JSON.stringify(body)}\n`;

export function asForm(body: unknown): FormData {
  const form = new FormData();
  for (const [name, text] of Object.entries(body as Record<string, string>)) form.set(name, new Blob([text]), "a.csv");
  return form;
}
