/** What stands around the application: the client, its answers, the theme. */
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type Client, ClientProvider } from "./api/client";
import { WorkbenchProvider } from "./frame/Workbench";
import { useUpDown } from "./styles/scheme";
import { CSS_VARIABLES, theme } from "./styles/theme";

export function Providers({ client, children }: { client: Client; children: ReactNode }) {
  // The application answers from the same computer: a failure is a failure, and a second try says the same.
  const [queries] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            retry: false,
            refetchOnWindowFocus: false,
            networkMode: "always",
          },
        },
      }),
  );
  const [upDown] = useUpDown();
  return (
    <MantineProvider theme={theme} cssVariablesResolver={CSS_VARIABLES[upDown]} defaultColorScheme="auto">
      <ClientProvider value={client}>
        <QueryClientProvider client={queries}>
          <Notifications position="bottom-right" limit={4} autoClose={5000} />
          <WorkbenchProvider>{children}</WorkbenchProvider>
        </QueryClientProvider>
      </ClientProvider>
    </MantineProvider>
  );
}
