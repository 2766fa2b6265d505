// nginx and haproxy as foreground processes of their own, with a folder of their own that goes with them. Their
// configuration is the template beside this file, which a guide shows with the values that stand in it; what only a test
// needs is added here.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeyAndCertificate } from "../../support/certificates.ts";
import { freePort } from "../../support/free-port.ts";

export type ProxyName = "nginx" | "haproxy";

export interface ProxyValues {
  /** Ports of the servers behind it. */
  readonly first: number;
  readonly second: number;
  readonly tls: KeyAndCertificate;
}

/** Instead of the guide's configuration: another one, for whoever listens at `http`. */
export interface OwnSite {
  site(http: string): string;
}

/** The configuration with `values` in the places of those that stand in it. */
export function proxyConfiguration(name: ProxyName, values: Readonly<Record<string, string>> = {}): string {
  const file = name === "nginx" ? "nginx.conf.template" : "haproxy.cfg.template";
  const template = readFileSync(new URL(file, import.meta.url), "utf8");
  const unused = new Set(Object.keys(values));
  const text = template.replaceAll(/\{\{(\w+)=([^}]*)\}\}/g, (_all, place: string, shown: string) => {
    unused.delete(place);
    return values[place] ?? shown;
  });
  if (unused.size > 0) throw new Error(`${file} has no place for ${[...unused].join(", ")}`);
  return text;
}

export class ProxyProcess {
  readonly http: number;
  readonly https: number;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #folder: string;
  readonly #exited: Promise<unknown>;
  readonly #terminate = (): void => void this.#child.kill();
  readonly #listeners = new Set<() => void>();
  #output = "";

  private constructor(
    name: ProxyName,
    program: string,
    ports: readonly [http: number, https: number],
    values: ProxyValues | OwnSite,
  ) {
    [this.http, this.https] = ports;
    this.#folder = mkdtempSync(join(tmpdir(), `longwire-${name}-`));
    const { command, environment } = this.#prepare(name, values);
    this.#child = spawn(program, command, { env: { ...process.env, ...environment } });
    this.#exited = once(this.#child, "close");
    // It must not outlive the tests, whatever becomes of them.
    process.once("exit", this.#terminate);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        for (const hear of this.#listeners) hear();
      });
    }
    this.#child.on("close", () => {
      this.#output += "\nended\n";
      for (const hear of this.#listeners) hear();
    });
  }

  /** Resolves when it listens. Somebody may take a port between its choice and its use, so there is a second try. */
  static async start(name: ProxyName, program: string, values: ProxyValues | OwnSite): Promise<ProxyProcess> {
    const tryOnce = async (): Promise<ProxyProcess> => {
      const proxy = new ProxyProcess(name, program, [await freePort(), await freePort()], values);
      try {
        await proxy.says(name === "nginx" ? /using the "epoll" event method/ : /Loading success/);
        return proxy;
      } catch (error) {
        await proxy.stop();
        throw error;
      }
    };
    try {
      return await tryOnce();
    } catch {
      return tryOnce();
    }
  }

  get url(): string {
    return `ws://127.0.0.1:${this.http}`;
  }

  /** Resolves when it has said, or once it says, something like `pattern`; rejects when it ends without. */
  says(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const hear = (): void => {
        if (pattern.test(this.#output)) resolve();
        else if (this.#output.endsWith("\nended\n")) reject(new Error(`the proxy ended: ${this.#output}`));
        else return;
        this.#listeners.delete(hear);
      };
      this.#listeners.add(hear);
      hear();
    });
  }

  async stop(): Promise<void> {
    process.off("exit", this.#terminate);
    this.#terminate();
    await this.#exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Writes what it reads at its start. */
  #prepare(
    name: ProxyName,
    values: ProxyValues | OwnSite,
  ): {
    command: string[];
    environment: Record<string, string>;
  } {
    const file = (path: string, text: string): string => {
      writeFileSync(join(this.#folder, path), text, { mode: 0o600 });
      return join(this.#folder, path);
    };
    const site = "site" in values ? values.site(`127.0.0.1:${this.http}`) : this.#guided(name, values, file);
    if (name === "haproxy") {
      const own = file("own.cfg", "global\n  maxconn 1000\n");
      return { command: ["-W", "-f", own, "-f", file("site.cfg", site)], environment: {} };
    }
    file("site.conf", site);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((what) => `${what}_temp_path ${what};`);
    const http = `access_log access.log; ${temporary.join(" ")} include site.conf;`;
    const main = "daemon off; master_process off; pid nginx.pid; error_log stderr notice;";
    const own = file("own.conf", `${main}\nevents {}\nhttp { ${http} }\n`);
    return { command: ["-p", this.#folder, "-e", "stderr", "-c", own], environment: {} };
  }

  /** As the guide has it. */
  #guided(name: ProxyName, { first, second, tls }: ProxyValues, file: (path: string, text: string) => string): string {
    const places = {
      first: `127.0.0.1:${first}`,
      second: `127.0.0.1:${second}`,
      http: `127.0.0.1:${this.http}`,
      https: `127.0.0.1:${this.https}`,
    };
    if (name === "haproxy") {
      return proxyConfiguration(name, { ...places, pem: file("both.pem", `${tls.cert}${tls.key}`) });
    }
    const certificate = file("cert.pem", tls.cert);
    return proxyConfiguration(name, { ...places, certificate, key: file("key.pem", tls.key) });
  }
}
