/** The frame around the page that shows. */
import { CommandPalette } from "./frame/CommandPalette";
import { Footer } from "./frame/Footer";
import styles from "./frame/Frame.module.css";
import { Rail } from "./frame/Rail";
import { useRoute } from "./lib/route";
import { DataPage } from "./pages/data/DataPage";
import { FeaturesPage } from "./pages/features/FeaturesPage";
import { JobsPage } from "./pages/jobs/JobsPage";
import { ModelsPage } from "./pages/models/ModelsPage";
import { SettingsPage } from "./pages/settings/SettingsPage";
import { StartPage } from "./pages/start/StartPage";
import { TrainPage } from "./pages/train/TrainPage";

export function App() {
  const { page, id } = useRoute();
  return (
    <>
      <div className={styles.frame}>
        <Rail current={page} />
        {page === "start" && <StartPage />}
        {page === "data" && <DataPage table={id} />}
        {page === "features" && <FeaturesPage table={id} />}
        {page === "train" && <TrainPage run={id} />}
        {page === "models" && <ModelsPage id={id} />}
        {page === "jobs" && <JobsPage job={id} />}
        {page === "settings" && <SettingsPage section={id} />}
        <Footer />
      </div>
      <CommandPalette />
    </>
  );
}
