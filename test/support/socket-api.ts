import { request } from "node:http";

/** The API through the socket of a data folder: as the machine's own administrator. */
export interface SocketApi {
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body?: unknown): Promise<Answer>;
}

export function socketApi(socketPath: string): SocketApi {
  const ask = <Answer>(method: string, path: string, body?: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-type": "application/json" };
      const asked = request({ socketPath, path: `/api/v1${path}`, method, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          if ((response.statusCode ?? 500) >= 400) reject(new Error(`${path}: ${text}`));
          else resolve(JSON.parse(text) as Answer);
        });
      });
      asked.on("error", reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return { get: (path) => ask("GET", path), post: (path, body) => ask("POST", path, body) };
}
