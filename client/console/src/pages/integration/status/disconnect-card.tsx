import { useMutation } from "@connectrpc/connect-query";
import { Button, List, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { IntegrationService } from "@tillpost/client/integration";
import { useMayManage } from "../../../api/context.js";
import { refresh } from "../../../api/queries.js";
import { Card, ConfirmDialog } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { statusTexts } from "../../../texts/status.js";
import classes from "./status.module.css";

const texts = statusTexts.disconnect;

/** Disconnect: asks first, and says what it keeps. */
export function DisconnectCard({ company }: { company: string }) {
  const retailerId = useRetailer();
  const queries = useQueryClient();
  const mayManage = useMayManage();
  const [asking, dialog] = useDisclosure(false);
  const disconnect = useMutation(IntegrationService.method.disconnect, {
    onSuccess: async ({ revokedAtIntuit }) => {
      dialog.close();
      notifications.show({
        message: revokedAtIntuit ? texts.done : texts.notRevoked,
        autoClose: revokedAtIntuit && 6_000,
      });
      await refresh(queries, IntegrationService.method.getConnection);
    },
  });
  return (
    <Card label={texts.title}>
      <div className={classes.top}>
        <div>
          <h2 className={classes.cardTitle}>{texts.title}</h2>
          <p className={classes.lead} style={{ marginBottom: 0 }}>
            {texts.lead}
          </p>
        </div>
        <Button variant="default" c="var(--mantine-color-error)" disabled={!mayManage} onClick={dialog.open}>
          {texts.action}
        </Button>
      </div>
      <ConfirmDialog
        opened={asking}
        danger
        title={texts.question(company)}
        confirm={texts.confirm}
        busy={disconnect.isPending}
        error={disconnect.error}
        onConfirm={() => disconnect.mutate({ retailerId })}
        onClose={dialog.close}
      >
        <Text>{texts.stops}</Text>
        <div>
          <Text fw={600}>{texts.keepsTitle}</Text>
          <List>
            {texts.keeps.map((kept) => (
              <List.Item key={kept}>{kept}</List.Item>
            ))}
          </List>
        </div>
        <Text>{texts.later}</Text>
      </ConfirmDialog>
    </Card>
  );
}
