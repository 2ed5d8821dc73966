import { Copy } from "../../../states/copy.tsx";
import "./integrations.css";

interface SnippetProps {
  readonly title: string;
  /** Where it goes; null: it is a command. */
  readonly file: string | null;
  readonly text: string;
}

/** One step: what it is for, where it goes, and the exact lines. */
export function Snippet({ title, file, text }: SnippetProps) {
  return (
    <li className="snippet">
      <p>
        {title} {file !== null && <code className="dim wrap">{file}</code>}
      </p>
      <div className="snippet-lines">
        <pre className="code">{text}</pre>
        <Copy text={text} />
      </div>
    </li>
  );
}
