// The frame of every page of a retailer: bar, navigation, tabs, live status.
import { AppShell, Burger, Skeleton, Stack, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useLocation, useMatches } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { useMayManage } from "../api/context.js";
import { ErrorNotice, Notice } from "../parts/notice.js";
import { StateBadge } from "../parts/state-badge.js";
import { firstPage, type Page, pages, type Section, sections } from "../routes.js";
import { shellTexts } from "../texts/shell.js";
import { ColorSchemeSwitch } from "./color-scheme.js";
import { connectionTones, connectionWord, useConnection } from "./connection.js";
import { NoSuchRetailer } from "./dead-ends.js";
import classes from "./frame.module.css";
import { PagePaths, usePageLinks } from "./links.js";
import { LiveStatusProvider, useLiveStatus } from "./live-status.js";
import { isRetailerId, rememberRetailer, useRetailer } from "./retailer.js";
import { RetailerSwitch } from "./retailer-switch.js";

const paths = new Map(pages.map((page) => [page.id, page.path]));

export function Frame() {
  const retailer = useRetailer();
  const valid = isRetailerId(retailer);
  useEffect(() => {
    if (valid) {
      rememberRetailer(retailer);
    }
  }, [retailer, valid]);
  if (!valid) {
    return <NoSuchRetailer />;
  }
  return (
    <PagePaths value={paths}>
      <LiveStatusProvider key={retailer} retailer={retailer}>
        <Shell />
      </LiveStatusProvider>
    </PagePaths>
  );
}

/** The page of the address; undefined where there is none. The retailer's own address is that of the first. */
function usePage(): Page | undefined {
  const path = String(useMatches().at(-1)?.fullPath).replace(/^\/\$retailer/, "");
  return path === "/" ? firstPage : pages.find((page) => path === `/${page.path}`);
}

function Shell() {
  const page = usePage();
  const [opened, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the navigation of a phone
  useEffect(close, [pathname]);
  useEffect(() => {
    if (page !== undefined) {
      document.title = shellTexts.title(page.label);
    }
  }, [page]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={{ base: "md", sm: "xl" }}
    >
      <a className="skip-link" href="#content">
        {shellTexts.skipToContent}
      </a>
      <AppShell.Header>
        <Bar opened={opened} toggle={toggle} />
      </AppShell.Header>
      <AppShell.Navbar aria-label={shellTexts.navigation}>
        <Navigation page={page} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <div className={classes.main}>
          {page !== undefined && <Tabs page={page} />}
          <Stack gap="md">
            <Warnings />
            <Suspense fallback={<PageLoading />}>
              <Outlet />
            </Suspense>
          </Stack>
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

function PageLoading() {
  return (
    <Stack gap="md" aria-busy="true">
      <Skeleton height={28} width={220} />
      <Skeleton height={180} />
    </Stack>
  );
}

function Bar({ opened, toggle }: { opened: boolean; toggle(): void }) {
  const links = usePageLinks();
  return (
    <div className={classes.bar}>
      <Burger
        opened={opened}
        onClick={toggle}
        hiddenFrom="sm"
        size="sm"
        aria-expanded={opened}
        aria-label={opened ? shellTexts.closeNavigation : shellTexts.openNavigation}
      />
      <a
        className={classes.brand}
        href={links.href(firstPage.id)}
        onClick={links.follow}
        aria-label={shellTexts.product}
      >
        <img src={`${import.meta.env.BASE_URL}~/icon.svg`} width={24} height={24} alt="" />
        <span className={classes.word}>{shellTexts.product}</span>
      </a>
      <RetailerSwitch />
      <span className={classes.space} />
      <ConnectionBadge />
      <ColorSchemeSwitch />
    </div>
  );
}

/** How the connection is, on every page; it leads to the connection's own. */
function ConnectionBadge() {
  const { status, line } = useLiveStatus();
  const connection = useConnection();
  const links = usePageLinks();
  const word = connectionWord(status, connection.data?.connection);
  const down = line === "down";
  const label = down ? shellTexts.connection.offline : shellTexts.connection[word];
  return (
    <a
      className={classes.badge}
      href={links.href("status")}
      onClick={links.follow}
      aria-label={shellTexts.connection.label(label)}
    >
      <StateBadge tone={down ? "warn" : connectionTones[word]} label={label} />
    </a>
  );
}

function pagesOf(section: Section): Page[] {
  return pages.filter((page) => page.section === section.id);
}

function Navigation({ page }: { page: Page | undefined }) {
  const links = usePageLinks();
  const shown = sections.filter((section) => pagesOf(section).length > 0);
  return (
    <div className={classes.nav}>
      {shown.map((section, index) => (
        <div key={section.id} className={section.apart ? classes.apart : ""}>
          {section.group !== "" && section.group !== shown[index - 1]?.group && (
            <div className={classes.group}>{section.group}</div>
          )}
          <a
            className={classes.entry}
            href={links.href(pagesOf(section)[0]?.id ?? "")}
            onClick={links.follow}
            aria-current={section.id === page?.section ? "true" : undefined}
          >
            <section.icon />
            {section.title}
          </a>
        </div>
      ))}
    </div>
  );
}

/** The pages of a section, side by side. A section of one page needs none. The page's one h1 is here. */
function Tabs({ page }: { page: Page }) {
  const links = usePageLinks();
  const section = sections.find(({ id }) => id === page.section);
  if (section === undefined || pagesOf(section).length < 2) {
    return <h1 className={classes.section}>{page.label}</h1>;
  }
  return (
    <>
      <h1 className={classes.section}>
        {section.title}
        <VisuallyHidden>: {page.label}</VisuallyHidden>
      </h1>
      <nav className={classes.tabs} aria-label={shellTexts.sectionPages(section.title)}>
        {pagesOf(section).map(({ id, label }) => (
          <a
            key={id}
            className={classes.tab}
            href={links.href(id)}
            onClick={links.follow}
            aria-current={id === page.id ? "page" : undefined}
          >
            {label}
          </a>
        ))}
      </nav>
    </>
  );
}

/** What holds for every page: the status cannot be watched, or nothing may be changed. */
function Warnings() {
  const { error, line, status, restart } = useLiveStatus();
  const mayManage = useMayManage();
  return (
    <>
      {error !== undefined && <ErrorNotice error={error} onRetry={restart} />}
      {error === undefined && line === "down" && status !== undefined && (
        <Notice tone="warn">{shellTexts.live.reconnecting}</Notice>
      )}
      {!mayManage && <Notice tone="quiet">{shellTexts.readOnly}</Notice>}
    </>
  );
}
