// What can be done to the mapping. Each change has everything that depends on it read again.
import { useMutation, useQuery } from "@connectrpc/connect-query";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { FinancialService, type SlotUse } from "@tillpost/client/financial";
import { useEffect, useRef } from "react";
import { refresh } from "../../../api/queries.js";
import { useRetailer } from "../../../shell/retailer.js";
import { configurationTexts, placeName } from "../../../texts/configuration.js";
import { type Place, roleOf } from "./words.js";

const { method } = FinancialService;
const { suggestMappings } = method;

/** Has everything read again that a change of the mapping touches. */
export function useMappingChanged(): () => Promise<unknown> {
  const queries = useQueryClient();
  const { getEvent, listAccounts, listEvents, listMappingChanges, listMappings, previewMapping } = method;
  return () =>
    refresh(
      queries,
      ...[listMappings, suggestMappings, listMappingChanges, listAccounts, previewMapping, listEvents, getEvent],
    );
}

/** Gives one place its account. */
export function useMap(onDone: () => void) {
  const changed = useMappingChanged();
  return useMutation(method.mapEvent, {
    onSuccess: async ({ mapping, releasedEventCount }) => {
      const place: Place = {
        role: mapping?.slot?.role ?? roleOf(""),
        key: mapping?.slot?.key ?? "",
        locationId: mapping?.slot?.locationId ?? "",
      };
      notifications.show({ message: configurationTexts.editor.saved(placeName(place), releasedEventCount) });
      onDone();
      await changed();
    },
  });
}

/** Accepts suggestions, all or none of them. */
export function useAccept(onDone: () => void = () => undefined) {
  const changed = useMappingChanged();
  return useMutation(method.mapEvents, {
    onSuccess: async ({ mappings, releasedEventCount }) => {
      notifications.show({ message: configurationTexts.suggestions.done(mappings.length, releasedEventCount) });
      onDone();
      await changed();
    },
  });
}

/** What is suggested now. It is asked for again whenever other places are without an account. */
export function useSuggestions(places: readonly SlotUse[] | undefined) {
  const retailerId = useRetailer();
  const queries = useQueryClient();
  const open = places?.filter((use) => use.mapping === undefined);
  const names = open && [...new Set(open.map(({ slot }) => `${slot?.role} ${slot?.key}`))].join("\n");
  const before = useRef(names);
  useEffect(() => {
    if (before.current !== undefined && before.current !== names) {
      void refresh(queries, suggestMappings);
    }
    before.current = names;
  }, [queries, names]);
  return useQuery(suggestMappings, { retailerId }, { enabled: places !== undefined });
}
