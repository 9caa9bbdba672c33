// What can be done about events: retry, skip, put back. Each has the list read again and says what it did.
import { useMutation } from "@connectrpc/connect-query";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { FinancialService } from "@tillpost/client/financial";
import { refresh } from "../../../api/queries.js";
import { eventsTexts } from "../../../texts/events.js";

const { getEvent, listEvents, listMappings, retryEvents, skipEvents } = FinancialService.method;

export function useRetry() {
  const queries = useQueryClient();
  return useMutation(retryEvents, {
    onSuccess: async ({ retriedEventCount }) => {
      notifications.show({ message: eventsTexts.causes.retried(retriedEventCount) });
      await refresh(queries, listEvents, getEvent, listMappings);
    },
  });
}

export function useSkip() {
  const queries = useQueryClient();
  return useMutation(skipEvents, {
    onSuccess: async ({ changedEventCount }, { unskip }) => {
      const { done, undone } = eventsTexts.skip;
      notifications.show({ message: unskip ? undone(changedEventCount) : done(changedEventCount) });
      await refresh(queries, listEvents, getEvent);
    },
  });
}
