/** `npm start`: delivers two residents, follows the load, lists, streams and corrects. */

import { connect, correct, deliver, follow, listImports, Refused, streamCitizens } from "./demanda.ts";

const { DEMANDA_URL: url = "http://127.0.0.1:8000", DEMANDA_TOKEN: token = "" } = process.env;
const SOURCE = "frontend example";
const AT_HOME = { town: "Kyiv", street: "Khreshchatyk", building: "22", apartment: 7 };

const api = connect(url, token);
const sent = await deliver(
  api,
  [
    // Neither friends nor a channel: both may be absent.
    { ...AT_HOME, citizen_id: 1, name: "Anna", birth_date: "26.12.1986", gender: "female", relatives: [2] },
    { ...AT_HOME, citizen_id: 2, name: "Petro", birth_date: "01.04.2009", gender: "male", relatives: [1] },
  ],
  SOURCE,
  crypto.randomUUID(),
);

let status: string = sent.status;
for await (const { processed, ...one } of follow(api, sent.import_id, 200)) {
  status = one.status;
  console.error(`${status}: ${processed} residents so far`);
}
console.log(`The delivery is ${status}.`);

for await (const one of listImports(api, SOURCE)) console.log(`${one.source} ${one.status}: ${one.citizens} residents`);

for await (const one of streamCitizens(api, sent.import_id)) {
  console.log(`${one.name}, ${one.town}, reached by ${one.channel}, ${one.friends.length} friends`);
}

const moved = await correct(api, sent.import_id, 1, { town: "Valencia", channel: "instagram" });
console.log(`${moved.name} lives in ${moved.town}.`);

try {
  await correct(api, sent.import_id, 1, { birth_date: "31.02.1986" });
} catch (refusal) {
  if (!(refusal instanceof Refused)) throw refusal;
  for (const error of refusal.problem.errors) console.log(`${error.pointer}: ${error.code}`);
}
