/** Someone who asks the API: a browser's session, a token, or nobody. */
export class Caller {
  readonly url: string;
  readonly token: string | undefined;
  cookie: string | undefined;
  csrfToken: string | undefined;
  /** Every answer's text, when `remember` is set. */
  readonly heard: string[] = [];
  remember = false;

  constructor(url: string, token?: string) {
    this.url = url;
    this.token = token;
  }

  headers(): Record<string, string> {
    return {
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
      ...(this.csrfToken === undefined ? {} : { "x-csrf-token": this.csrfToken }),
    };
  }

  async request(method: string, path: string, body?: unknown, more: RequestInit = {}): Promise<Response> {
    const json = body === undefined ? {} : { "content-type": "application/json" };
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...more,
      headers: { ...this.headers(), ...json, ...(more.headers as Record<string, string> | undefined) },
    });
    if (this.remember) this.heard.push(await response.clone().text(), JSON.stringify([...response.headers]));
    return response;
  }

  get(path: string): Promise<Response> {
    return this.request("GET", `/api/v1${path}`);
  }

  async json<Answer>(path: string): Promise<Answer> {
    const response = await this.get(path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  /** Every row of a list, page after page. */
  async all<Row>(path: string): Promise<Row[]> {
    const rows: Row[] = [];
    let more = "limit=1000";
    for (;;) {
      const page = await this.json<{ rows: Row[]; nextCursor: string | null }>(`${path}?${more}`);
      rows.push(...page.rows);
      if (page.nextCursor === null) return rows;
      more = `limit=1000&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
  }

  post(path: string, body: unknown): Promise<Response> {
    return this.request("POST", `/api/v1${path}`, body);
  }

  async signIn(name: string, password: string): Promise<Response> {
    const response = await this.post("/session", { name, password });
    if (response.ok) await this.takeSession(response.clone());
    return response;
  }

  /** Keeps cookie and CSRF token of an answer that opened a session. */
  async takeSession(response: Response): Promise<void> {
    if (!response.ok) throw new Error(`no session: ${response.status} ${await response.text()}`);
    this.cookie = response.headers.getSetCookie()[0]?.split(";")[0];
    this.csrfToken = ((await response.json()) as { csrfToken: string }).csrfToken;
  }

  /** The same person in another window: same cookie. */
  copy(): Caller {
    const copy = new Caller(this.url, this.token);
    copy.cookie = this.cookie;
    copy.csrfToken = this.csrfToken;
    return copy;
  }
}
