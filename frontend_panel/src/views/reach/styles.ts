import { css } from "lit";

/** For whoever draws `reachField`. */
export const reachStyles = css`
  .observe {
    display: flex;
    gap: 16px;
    align-items: center;
    justify-content: space-between;
  }
`;
