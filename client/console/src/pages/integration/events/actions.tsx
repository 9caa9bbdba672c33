// What can be done about events: retry, skip, put back. Each has the list read again and says what it did.
import { useMutation } from "@connectrpc/connect-query";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { EventState, FinancialService, type Reason } from "@tillpost/client/financial";
import { useTillpost } from "../../../api/context.js";
import { tellError } from "../../../api/errors.js";
import { refresh } from "../../../api/queries.js";
import { useRetailer } from "../../../shell/retailer.js";
import { eventsTexts } from "../../../texts/events.js";

const { getEvent, listEvents, listMappings, retryEvents, skipEvents } = FinancialService.method;
const texts = eventsTexts.skip;
/** How many events one call takes by their ids. */
const mostIds = 1_000;
/** How long putting back is offered, in milliseconds; later the list of skipped events has it. */
const putBackMs = 12_000;

export function useRetry() {
  const queries = useQueryClient();
  return useMutation(retryEvents, {
    onSuccess: async ({ retriedEventCount }) => {
      notifications.show({ message: eventsTexts.causes.retried(retriedEventCount) });
      await refresh(queries, listEvents, getEvent, listMappings);
    },
  });
}

/** Skips events with a note, and offers to put them back where they were named. */
export function useSkip() {
  const queries = useQueryClient();
  const putBack = usePutBack();
  return useMutation(skipEvents, {
    onSuccess: async ({ changedEventCount }, { retailerId = "", eventIds = [] }) => {
      const id = notifications.show({
        autoClose: putBackMs,
        message: (
          <>
            {texts.done(changedEventCount)}{" "}
            {eventIds.length > 0 && changedEventCount > 0n && (
              <Button
                size="compact-sm"
                variant="subtle"
                onClick={() => {
                  notifications.hide(id);
                  putBack.mutate({ retailerId, eventIds, note: texts.undoNote, unskip: true });
                }}
              >
                {texts.undo}
              </Button>
            )}
          </>
        ),
      });
      await refresh(queries, listEvents, getEvent);
    },
  });
}

/** Puts skipped events back. A failure is told in a message too: its button may be gone by then. */
export function usePutBack() {
  const queries = useQueryClient();
  return useMutation(skipEvents, {
    onSuccess: async ({ changedEventCount }) => {
      notifications.show({ message: texts.undone(changedEventCount) });
      await refresh(queries, listEvents, getEvent);
    },
    onError: (error) => {
      const { title, sentence } = tellError(error);
      notifications.show({ color: "red", title, message: sentence });
    },
  });
}

/** Finds the ids of the events that wait for a cause; none where they are too many to be named in one call. */
export function useWaitingIds() {
  const tillpost = useTillpost();
  const retailerId = useRetailer();
  return async (reason: Reason): Promise<string[]> => {
    const { events, nextPageToken } = await tillpost.financial.listEvents({
      ...{ retailerId, reason, states: [EventState.ACTION_REQUIRED], pageSize: mostIds },
    });
    return nextPageToken === "" ? events.flatMap(({ event }) => (event ? [event.eventId] : [])) : [];
  };
}
