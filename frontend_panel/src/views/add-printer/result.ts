/** What a connection check came to: each step, and the certificate that will be trusted. */

import { html, nothing } from "lit";

import type { Checked } from "../../api/types";
import "../../components/banner/banner";
import "../../components/check-list/check-list";
import { fingerprint } from "../../components/check-list/fingerprint";
import "../../components/icon/icon";
import { certificate as certificateIcon } from "../../components/icon/icons";
import "../../components/kit/skeleton";
import { t } from "../../localize";

export function checkResult(checked: Checked | undefined, isChecking: boolean) {
  if (isChecking) {
    return html`
      <p class="sub" role="status">${t("add.check.running")}</p>
      <odin-skeleton .lines=${7}></odin-skeleton>
    `;
  }
  if (!checked) return nothing;
  return html`
    ${verdict(checked)}
    <odin-check-list .checks=${checked.checks}></odin-check-list>
    ${certificate(checked)}
  `;
}

function verdict({ is_ok: isOk, checks }: Checked) {
  if (!isOk) return html`<odin-banner kind="warning"><b>${t("add.check.failed")}</b> ${t("add.check.failed.what")}</odin-banner>`;
  const isWhole = checks.every(({ ok }) => ok !== false);
  return html`
    <odin-banner kind="finished"><b>${isWhole ? t("add.check.ok") : t("add.check.nearly")}</b> ${t("add.check.ok.what")}</odin-banner>
  `;
}

function certificate({ certificate: shown }: Checked) {
  if (!shown) return nothing;
  return html`
    <section class="certificate" aria-labelledby="certificate">
      <odin-icon .path=${certificateIcon}></odin-icon>
      <div>
        <h3 id="certificate">${t("add.certificate")}</h3>
        <p class="sub">${shown.is_vendor_signed ? t("add.certificate.signed") : t("add.certificate.unsigned")} ${t("add.certificate.what")}</p>
        <dl>
          <div><dt>${t("add.certificate.name")}</dt><dd>${shown.common_name}</dd></div>
          <div><dt>SHA-256</dt><dd class="fingerprint">${fingerprint(shown.sha256)}</dd></div>
        </dl>
      </div>
    </section>
  `;
}
