/** What is asked before something is done to a printer. */

import type { Printer } from "../../../api/types";
import type { Question } from "../../../components/kit/confirm";
import { t } from "../../../localize";

export function disabling({ name }: Printer): Question {
  return { heading: t("registry.disable.heading", { name }), text: t("registry.disable.text"), label: t("registry.disable") };
}

export function removal({ name }: Printer): Question {
  return {
    heading: t("registry.remove.heading", { name }),
    text: t("registry.remove.text"),
    label: t("registry.remove.yes"),
    isDangerous: true,
  };
}
