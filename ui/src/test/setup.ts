/** What jsdom lacks of a browser, as small as the components need it. */

import { notifications } from "@mantine/notifications";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// A machine that builds something else at the same time answers late.
configure({ asyncUtilTimeout: 6000 });

vi.stubGlobal(
  "matchMedia",
  (query: string): MediaQueryList =>
    ({
      matches: false,
      media: query,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
      addListener: () => undefined,
      removeListener: () => undefined,
    }) as unknown as MediaQueryList,
);

vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);

// jsdom lays nothing out: without a size, a virtual list shows no rows.
for (const [name, px] of [
  ["offsetHeight", 600],
  ["offsetWidth", 900],
  ["clientHeight", 600],
  ["clientWidth", 900],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => px });
}
Element.prototype.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.setPointerCapture = () => undefined;

// The SQL editor measures its text.
const NOWHERE = { x: 0, y: 0, width: 0, height: 0, top: 0, right: 0, bottom: 0, left: 0 };
Range.prototype.getBoundingClientRect = () => ({ ...NOWHERE, toJSON: () => NOWHERE });
Range.prototype.getClientRects = () => Object.assign([], { item: () => null });
// Fields that grow with their text do so again when a font arrives.
Object.defineProperty(document, "fonts", { value: new EventTarget() });
document.execCommand = () => false;

// Drawing needs a canvas; what is drawn is decided in options.ts, which has its own tests.
vi.mock("../components/chart/engine", () => ({
  createChart: () => ({ setOption: vi.fn(), resize: vi.fn(), dispose: vi.fn(), dispatchAction: vi.fn() }),
}));

// The same holds for candles; what they show is decided in plan.ts.
vi.mock("../pages/features/chart/drawing", () => ({
  createDrawing: () => ({
    update: vi.fn(),
    pointAt: vi.fn(),
    zoom: vi.fn(),
    showAll: vi.fn(),
    showLast: vi.fn(),
    paneTops: () => [],
    destroy: vi.fn(),
  }),
  heightOf: () => 400,
  colourOf: () => "#000000",
}));

afterEach(() => {
  // They outlive the page, and only some show at a time.
  notifications.clean();
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
  window.location.hash = "";
});
