import { Problem } from "../../api.ts";
import { ProblemNote, Skeleton } from "../../parts/basics.tsx";
import type { Loaded } from "../../parts/hub.ts";
import { Icon } from "../../parts/icons.tsx";
import { t } from "../../text/text.ts";

/** While nothing is there: that it comes, why it does not, or that this hub knows nothing of it. */
export function NotThere({ loaded }: { loaded: Pick<Loaded<unknown>, "data" | "problem" | "reload"> }) {
  const { data, problem, reload } = loaded;
  if (problem instanceof Problem && problem.code === "not_found")
    return (
      <div class="note tone-starting">
        <Icon name="off" />
        <p>{t("storage.not_offered")}</p>
      </div>
    );
  if (problem !== null) return <ProblemNote problem={problem} onRetry={reload} />;
  return data === null ? <Skeleton lines={4} /> : null;
}
