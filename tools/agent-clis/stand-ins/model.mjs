/** Asks the model once. @returns the events of its answer @throws Error with `status` when it refuses */
export async function askModel(url, headers, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ...body, stream: true }),
  });
  const text = await response.text();
  if (!response.ok) throw Object.assign(new Error(JSON.parse(text).error.message), { status: response.status });
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)));
}

export function printEvent(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
