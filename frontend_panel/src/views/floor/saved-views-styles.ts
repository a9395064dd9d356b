import { css } from "lit";

export const savedStyles = css`
  odin-popover {
    --popover-width: 340px;
  }

  .words {
    max-width: 160px;
  }

  .sheet {
    display: grid;
    gap: 10px;
    padding: 6px;
    text-align: start;
  }

  h2 {
    font-size: var(--o-t-l);
  }

  .sub,
  .hint {
    color: var(--o-text-2);
    font-size: var(--o-t-b);
  }

  ul {
    display: grid;
    max-height: 300px;
    overflow: auto;
  }

  li {
    display: flex;
    gap: 2px;
    align-items: center;
    min-height: var(--o-touch);
  }

  .view {
    flex: 1;
    justify-content: flex-start;
    min-width: 0;
    text-align: start;
    white-space: normal;
    overflow-wrap: anywhere;
    --icon-size: 18px;
  }

  .view[aria-pressed="true"] {
    color: var(--o-accent-text);
    font-weight: var(--o-w-b);
  }

  form.field {
    gap: 6px;
  }

  .field > label {
    margin: 0;
  }

  .line {
    display: flex;
    gap: 8px;
    align-items: center;
    width: 100%;
  }

  .line input {
    flex: 1;
    min-width: 0;
  }
`;
