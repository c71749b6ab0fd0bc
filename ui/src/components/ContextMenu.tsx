/** A menu at a place of the page: where the pointer was, or under what has the focus. */
import { Menu } from "@mantine/core";
import { Fragment } from "react";

export type MenuAction = {
  label: string;
  run: () => void;
  isDanger?: boolean;
  /** Why it cannot be done now. */
  refusal?: string | null;
  /** Drawn above, to set groups apart. */
  hasLine?: boolean;
};

export type MenuPlace = { x: number; y: number };

/** Where a menu belongs that was asked for with the keyboard. */
export function placeUnder(element: Element): MenuPlace {
  const box = element.getBoundingClientRect();
  return { x: box.left + 12, y: box.bottom };
}

/** Whether a key asks for the menu of what has the focus. */
export function asksForMenu(event: { key: string; shiftKey: boolean }): boolean {
  return event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
}

type ContextMenuProps = {
  label: string;
  place: MenuPlace | null;
  actions: readonly MenuAction[];
  onClose: () => void;
};

export function ContextMenu({ label, place, actions, onClose }: ContextMenuProps) {
  return (
    <Menu
      opened={place !== null}
      onChange={(isOpen) => !isOpen && onClose()}
      position="bottom-start"
      offset={0}
      shadow="sm"
      hideDetached={false}
      transitionProps={{ duration: 0 }}
      returnFocus
    >
      <Menu.Target>
        <span aria-hidden style={{ position: "fixed", left: place?.x ?? 0, top: place?.y ?? 0, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={label}>
        {actions.map(({ label: text, run, isDanger, refusal, hasLine }) => (
          <Fragment key={text}>
            {hasLine === true && <Menu.Divider />}
            <Menu.Item
              onClick={run}
              disabled={typeof refusal === "string"}
              title={refusal ?? undefined}
              {...(isDanger === true ? { color: "var(--negative)" } : {})}
            >
              {text}
            </Menu.Item>
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
