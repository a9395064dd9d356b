/** The small ring of something on its way; it turns only where motion is welcome. */

import { css } from "lit";

export const ringStyles = css`
  .ring {
    display: block;
    flex: none;
    width: 18px;
    height: 18px;
    border: 2.5px solid color-mix(in srgb, currentColor 28%, transparent);
    border-top-color: currentColor;
    border-right-color: currentColor;
    border-radius: 50%;
  }

  /* Taken, and waited for. */
  .ring[data-phase="sent"] {
    border-bottom-color: currentColor;
  }

  @media (prefers-reduced-motion: no-preference) {
    .ring {
      animation: turn 900ms linear infinite;
    }

    @keyframes turn {
      to {
        rotate: 1turn;
      }
    }
  }
`;
