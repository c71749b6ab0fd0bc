/** Shows the whole window on a fake client, as a person meets it. */
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../App";
import { type Client, type Code, Failure } from "../api/client";
import { type FakeOptions, fakeClient } from "../api/fake";
import { Providers } from "../Providers";

type Shown = { hash?: string; fake?: Partial<FakeOptions>; client?: Partial<Client> };

export function show({ hash = "#/start", fake = {}, client = {} }: Shown = {}) {
  window.location.hash = hash;
  const complete: Client = { ...fakeClient({ stepMs: 5, delayMs: 0, taskMs: 0, ...fake }), ...client };
  render(
    <Providers client={complete}>
      <App />
    </Providers>,
  );
  return { user: userEvent.setup(), client: complete };
}

/** A command that fails with these words. */
export function failing(code: Code, message: string, hint: string): () => Promise<never> {
  return () => Promise.reject(new Failure({ code, message, hint }));
}

/** A command that never answers. */
export const waiting = (): Promise<never> => new Promise(() => undefined);
