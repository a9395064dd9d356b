/** What the door for dashboards loads once the page is known to be this build's. */

import "./printer-badge";
import "./printer-card";
