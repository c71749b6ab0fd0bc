/** The pages of the window. */
import { DataIcon, FeaturesIcon, JobsIcon, ModelsIcon, SettingsIcon, StartIcon, TrainIcon } from "../components/icons";
import { KEYS, PAGE_TITLES } from "../lib/commands";
import { hashOf, PAGES, type PageName } from "../lib/route";
import styles from "./Frame.module.css";

const ICONS = {
  start: StartIcon,
  data: DataIcon,
  features: FeaturesIcon,
  train: TrainIcon,
  models: ModelsIcon,
  jobs: JobsIcon,
  settings: SettingsIcon,
};

export function Rail({ current }: { current: PageName }) {
  return (
    <nav className={styles.rail} aria-label="Pages">
      {PAGES.map((page) => {
        const Icon = ICONS[page];
        return (
          <a
            key={page}
            className={styles.railItem}
            href={hashOf(page)}
            aria-current={page === current ? "page" : undefined}
            title={`${PAGE_TITLES[page]} (${KEYS.page(page)})`}
            data-testid={`nav-${page}`}
          >
            <Icon size={19} stroke={1.6} aria-hidden />
            {PAGE_TITLES[page]}
          </a>
        );
      })}
    </nav>
  );
}
