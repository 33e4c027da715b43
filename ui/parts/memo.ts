import { Component, type ComponentChildren } from "preact";

/** A component that is drawn anew only when `same` says that its properties differ. */
export function memo<Props extends object>(
  draw: (props: Props) => ComponentChildren,
  same: (before: Props, after: Props) => boolean,
) {
  return class extends Component<Props> {
    override shouldComponentUpdate(after: Readonly<Props>): boolean {
      return !same(this.props as Props, after as Props);
    }
    override render(props: Props) {
      return draw(props);
    }
  };
}
