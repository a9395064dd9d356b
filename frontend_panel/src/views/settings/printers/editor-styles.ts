import { css } from "lit";

export const editorStyles = css`
  odin-drawer {
    --drawer-width: 560px;
  }

  .parts {
    display: grid;
    gap: var(--o-4);
  }

  form {
    max-width: none;
  }

  .switches > li {
    display: flex;
    gap: 16px;
    align-items: center;
    min-height: 56px;
  }

  .switches > li + li {
    border-top: 1px solid var(--o-line);
  }

  .foot {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 8px;
    align-items: flex-start;
    justify-content: flex-end;
    padding: 12px 20px max(12px, var(--o-safe-bottom));
    border-top: 1px solid var(--o-line);
    background: var(--o-card);
  }

  .conflict:has(*) {
    flex: 1 1 100%;
  }

  .foot .remove {
    margin-right: auto;
  }

  summary {
    min-height: var(--o-touch);
    padding: 10px 0;
    font-weight: var(--o-w-b);
    cursor: pointer;
  }

  details > div {
    display: grid;
    gap: var(--o-4);
  }

  @media (max-width: 479px) {
    form {
    max-width: none;
  }

  .pair {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
