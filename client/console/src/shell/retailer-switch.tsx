import { Button, Menu, Modal, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useRouter } from "@tanstack/react-router";
import { useSession } from "../api/context.js";
import { ChevronIcon, StoreIcon } from "../parts/icons.js";
import { partTexts } from "../texts/parts.js";
import { shellTexts } from "../texts/shell.js";
import { OtherRetailer } from "./choose-retailer.js";
import classes from "./frame.module.css";
import { useRetailer } from "./retailer.js";

/** Which retailer this is, and the way to another. Who may see only one gets its name. */
export function RetailerSwitch() {
  const texts = shellTexts.retailer;
  const retailer = useRetailer();
  const { retailers, anyRetailer } = useSession();
  const router = useRouter();
  const [asking, { open, close }] = useDisclosure(false);
  const go = (to: string) => {
    close();
    router.history.push(`/console/${to}`);
  };
  const others = retailers.filter((name) => name !== retailer);
  const name = (
    <span className={classes.retailer} data-long={retailer.length > 20 || undefined}>
      {retailer}
    </span>
  );
  if (others.length === 0 && !anyRetailer) {
    return (
      <span className={classes.only} title={retailer}>
        <StoreIcon />
        <VisuallyHidden>{texts.label}</VisuallyHidden>
        {name}
      </span>
    );
  }
  return (
    <>
      <Menu position="bottom-start" shadow="md" width={260}>
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            c="var(--mantine-color-text)"
            classNames={{ root: classes.switch ?? "", section: classes.switchSection ?? "" }}
            leftSection={<StoreIcon />}
            rightSection={<ChevronIcon size={16} />}
            aria-label={texts.switch(retailer)}
            title={retailer}
          >
            {name}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah="70vh" style={{ overflowY: "auto" }}>
          {others.map((name) => (
            <Menu.Item key={name} leftSection={<StoreIcon />} onClick={() => go(name)}>
              {name}
            </Menu.Item>
          ))}
          {anyRetailer && others.length > 0 && <Menu.Divider />}
          {anyRetailer && <Menu.Item onClick={open}>{texts.other}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={asking}
        onClose={close}
        title={texts.choose}
        closeButtonProps={{ "aria-label": partTexts.confirm.close }}
      >
        <OtherRetailer open={go} />
      </Modal>
    </>
  );
}
