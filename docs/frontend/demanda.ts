/** What a frontend asks of Demanda: sign in, list, load and follow, stream, correct. It runs in browsers and in Node. */

import createClient, { type Client } from "openapi-fetch";

// Written by `npm run generate`.
import type { components, paths } from "./schema.d.ts";

// Lists come as CSV too; whoever wants that says `parseAs: "text"`.
type Media = "application/json" | "application/problem+json";
export type Api = Client<paths, Media>;
export type Citizen = components["schemas"]["Citizen"];
export type NewCitizen = components["schemas"]["CitizenRequest"];
export type Correction = components["schemas"]["PatchedCitizenPatchRequest"];
export type Import = components["schemas"]["Import"];
export type Problem = components["schemas"]["Problem"];

const PAGE = 100;
const ON_ITS_WAY = new Set<Import["status"]>(["queued", "loading"]);

/** A refusal; `problem.errors` names each offending value by a JSON Pointer into what was sent. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.status}: ${problem.detail}`);
    this.problem = problem;
  }
}

/** A client that signs in with a token. */
export function connect(baseUrl: string, token: string): Api {
  return createClient<paths, Media>({ baseUrl, headers: { Authorization: `Token ${token}` } });
}

/** The body of a success. Throws `Refused` for anything else. */
function successOf<Body>({ data, error, response }: { data?: Body; error?: Problem; response: Response }): Body {
  if (data !== undefined) return data;
  if (error?.errors) throw new Refused(error);
  // Something between here and there has answered.
  throw new Error(`${response.status} ${response.statusText}`);
}

/** The imports of a source, newest first, fetched a page at a time while somebody asks for more. */
export async function* listImports(api: Api, source: string): AsyncGenerator<Import> {
  for (let offset = 0; ; offset += PAGE) {
    const page = successOf(await api.GET("/imports", { params: { query: { source, limit: PAGE, offset } } }));
    yield* page.data;
    if (page.next === null) return;
  }
}

/**
 * Hands over a delivery, which is loaded in the background; follow it by its number.
 *
 * The key makes it safe to send the same delivery again when the answer was lost.
 */
export async function deliver(api: Api, citizens: NewCitizen[], source: string, key: string): Promise<Import> {
  const header = { Prefer: "respond-async", "Idempotency-Key": key } as const;
  const sent = await api.POST("/imports", { params: { query: { source }, header }, body: { citizens } });
  const { data } = successOf(sent);
  if (!("status" in data)) throw new Error("It was loaded at once, and nobody asked for that.");
  return data;
}

/** How an import stands, again and again until it is on its way no more. */
export async function* follow(api: Api, import_id: number, pause = 1000): AsyncGenerator<Import> {
  while (true) {
    const { data } = successOf(await api.GET("/imports/{import_id}", { params: { path: { import_id } } }));
    yield data;
    if (!ON_ITS_WAY.has(data.status)) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** The residents of an import, however many: each as it arrives. Throws when the connection breaks off. */
export async function* streamCitizens(api: Api, import_id: number): AsyncGenerator<Citizen> {
  const params = { path: { import_id }, query: { format: "ndjson" } } as const;
  const body = successOf(await api.GET("/imports/{import_id}/citizens", { params, parseAs: "stream" }));
  if (body === null) return;
  for await (const line of linesOf(body)) yield JSON.parse(line) as Citizen;
}

/** The lines of a stream. */
async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const lines = (rest + chunk.value).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest) yield rest;
}

/** Corrects a resident; relations change on both sides. What comes back is the resident as it now is. */
export async function correct(
  api: Api,
  import_id: number,
  citizen_id: number,
  correction: Correction,
): Promise<Citizen> {
  const path = { import_id, citizen_id };
  const answer = await api.PATCH("/imports/{import_id}/citizens/{citizen_id}", { params: { path }, body: correction });
  return successOf(answer).data;
}
