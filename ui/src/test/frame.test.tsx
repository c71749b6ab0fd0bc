import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import palette from "../styles/palette.json";
import { show } from "./show";

describe("the frame", () => {
  it("lists only pages that exist, and names the current one", async () => {
    const { user } = show();
    const pages = within(screen.getByRole("navigation", { name: "Pages" }));
    expect(pages.getAllByRole("link").map((link) => link.textContent)).toEqual([
      "Start",
      "Data",
      "Features",
      "Train",
      "Models",
      "Jobs",
      "Settings",
    ]);
    await user.click(screen.getByTestId("nav-jobs"));
    await waitFor(() => expect(screen.getByTestId("nav-jobs").getAttribute("aria-current")).toBe("page"));
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Jobs");
  });
  it("goes to a page with its keys", async () => {
    const { user } = show();
    await screen.findByTestId("run-sample");
    await user.keyboard("{Control>}2{/Control}");
    await waitFor(() => expect(window.location.hash).toBe("#/data"));
  });
  it("shows the running job on every page, and cancels it", async () => {
    const { user } = show({ fake: { stepMs: 60 } });
    await user.click(await screen.findByTestId("run-sample"));
    await user.click(screen.getByTestId("nav-jobs"));
    const footer = within(screen.getByRole("contentinfo"));
    await footer.findByText(/Run the sample/);
    await user.click(footer.getByRole("button", { name: "Cancel Run the sample" }));
    await footer.findByText("No job runs");
    await waitFor(() => expect(screen.getAllByTestId("job-row")[0]?.dataset.state).toBe("cancelled"));
  });
  it("does not take a person away from another page when the job is done", async () => {
    const { user } = show({ fake: { stepMs: 20 } });
    await user.click(await screen.findByTestId("run-sample"));
    await user.click(screen.getByTestId("nav-data"));
    const link = await screen.findByRole("link", { name: "Open the result" }, { timeout: 5000 });
    expect(window.location.hash).toBe("#/data");
    await user.click(link);
    await waitFor(() => expect(window.location.hash).toMatch(/^#\/train\/[0-9a-f]{40}$/));
  });
  it("hides a panel and remembers it", async () => {
    const { user } = show();
    await screen.findByTestId("run-sample");
    await user.click(screen.getByRole("button", { name: "Hide Connection" }));
    expect(screen.queryByRole("complementary", { name: "Connection" })).toBeNull();
    expect(localStorage.getItem("algomosaic.right-panel.collapsed")).toBe("true");
  });
  it("widens a panel with the arrows", async () => {
    const { user } = show();
    await screen.findByTestId("run-sample");
    screen.getByRole("separator", { name: "Width of Recent workspaces" }).focus();
    await user.keyboard("{ArrowRight}");
    expect(localStorage.getItem("algomosaic.left-panel.width")).toBe("252");
  });
});

describe("the colours", () => {
  it("are chosen in the header, and remembered", async () => {
    const { user } = show();
    await user.click(await screen.findByRole("button", { name: "Theme and colours" }));
    await user.click(await screen.findByRole("menuitemradio", { name: "Dark", hidden: true }));
    expect(document.documentElement.dataset.mantineColorScheme).toBe("dark");
    await user.click(screen.getByRole("menuitemradio", { name: "Blue and orange", hidden: true }));
    expect(localStorage.getItem("algomosaic.up-down")).toContain("colour_blind");
    const { positive } = palette.colour_blind.dark;
    await waitFor(() => expect(document.documentElement.innerHTML).toContain(`--positive: ${positive};`));
    await user.click(screen.getByRole("menuitemradio", { name: "Green and red", hidden: true }));
    await waitFor(() => expect(document.documentElement.innerHTML).not.toContain(positive));
  });
  it("are in the palette", async () => {
    const { user } = show();
    await screen.findByText("embedded · sample");
    await user.keyboard("{Control>}k{/Control}");
    const search = await screen.findByRole("textbox", { name: "Search or run a command" });
    await user.type(search, "orange");
    await user.click(await screen.findByRole("button", { name: /Blue and orange for up and down/ }));
    expect(localStorage.getItem("algomosaic.up-down")).toContain("colour_blind");
  });
});

describe("the palette", () => {
  it("finds an action by its name and runs it", async () => {
    const { user } = show();
    await screen.findByText("embedded · sample");
    await user.keyboard("{Control>}k{/Control}");
    const search = await screen.findByRole("textbox", { name: "Search or run a command" });
    await user.type(search, "jobs");
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(window.location.hash).toBe("#/jobs"));
  });
  it("offers what can be done now", async () => {
    const { user } = show();
    await screen.findByText("embedded · sample");
    await user.click(screen.getByRole("button", { name: /Search or run a command/ }));
    // The page behind has a button of the same words.
    const palette = within(await screen.findByRole("dialog"));
    for (const label of ["Run the sample", "Train a model", "Import files…", "Open crypto", "Close sample"]) {
      await palette.findByText(label);
    }
    expect(palette.queryByText("Open archive")).toBeNull();
  });
  it("trains from any page", async () => {
    const { user } = show({ fake: { stepMs: 200 } });
    await screen.findByText("embedded · sample");
    await user.click(screen.getByRole("button", { name: /Search or run a command/ }));
    await user.click(await screen.findByText("Train a model"));
    await screen.findByTestId("cancel-job");
    expect(window.location.hash).toBe("#/train");
  });
  it("lists the keys on a question mark", async () => {
    const { user } = show();
    await screen.findByTestId("run-sample");
    await user.keyboard("?");
    await screen.findByText("The first or the last row of a grid");
  });
});
