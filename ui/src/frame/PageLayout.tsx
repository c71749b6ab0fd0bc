/** The one layout of every page: choose on the left, look in the middle, details on the right. */
import { Drawer } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import { PAGE_TITLES } from "../lib/commands";
import type { PageName } from "../lib/route";
import styles from "./Frame.module.css";
import { Header } from "./Header";
import { SidePanel } from "./SidePanel";

type PageLayoutProps = {
  page: PageName;
  crumbs?: readonly string[];
  /** What the panels hold, for people who hear the page. */
  leftLabel: string;
  left: ReactNode;
  rightLabel: string;
  right: ReactNode;
  children: ReactNode;
};

export function PageLayout({ page, crumbs = [], leftLabel, left, rightLabel, right, children }: PageLayoutProps) {
  const isNarrow = useMediaQuery("(max-width: 1099px)", false, {
    getInitialValueInEffect: false,
  });
  const [isOpen, drawer] = useDisclosure(false);
  return (
    <div className={styles.page}>
      <Header
        title={PAGE_TITLES[page]}
        crumbs={crumbs}
        details={isNarrow ? { label: rightLabel, open: drawer.open } : null}
      />
      <div className={styles.body}>
        <SidePanel side="left" label={leftLabel}>
          {left}
        </SidePanel>
        <main className={styles.main} id="main" tabIndex={-1}>
          {children}
        </main>
        {isNarrow ? (
          <Drawer
            opened={isOpen}
            onClose={() => {
              // Escape closes what is on top, which may be a dialog that was opened from here.
              if (document.querySelectorAll('[role="dialog"]').length <= 1) drawer.close();
            }}
            position="right"
            size={280}
            title={rightLabel}
            classNames={{ content: styles.drawer ?? "", body: styles.drawerBody ?? "" }}
            data-testid="details"
          >
            {right}
          </Drawer>
        ) : (
          <SidePanel side="right" label={rightLabel}>
            {right}
          </SidePanel>
        )}
      </div>
    </div>
  );
}
