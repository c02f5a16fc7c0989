/** Draws the live screen: pure components of what there is to show and of the size of the terminal. */
import { Box, Text } from 'ink';
import { type FrameProperties, filled } from './drawing.ts';
import { alertLines, chartLines, footer, headline, totals } from './head.ts';
import { helpLines, messageLines } from './pages.ts';
import {
  causeLine,
  causeTitle,
  detailLines,
  eventLine,
  eventTitle,
  panelRows,
  providerLine,
  providerTitle,
} from './panels.ts';

/** Two panels stand beside each other from this width on. */
const WIDE = 140;
/** Below this height only the most important is shown. */
const LOW = 18;

/** The whole screen. */
export function Frame(properties: FrameProperties) {
  const { view, rows } = properties;
  const page = {
    board: () => <Board {...properties} />,
    trace: () => <Lines lines={messageLines(properties)} />,
    help: () => <Lines lines={helpLines(properties.screen)} />,
  }[view.page];
  return (
    <Box flexDirection="column" height={rows} overflow="hidden">
      <Lines lines={[headline(properties)]} />
      <Box flexDirection="column" flexGrow={1} overflow="hidden">
        {page()}
      </Box>
      <Lines lines={[footer(properties)]} />
    </Box>
  );
}

/** Lines that fit. */
function Lines({ lines }: { readonly lines: readonly string[] }) {
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place
    <Text key={index} wrap="truncate">
      {line === '' ? ' ' : line}
    </Text>
  ));
}

function Board(properties: FrameProperties) {
  const { screen, rows, picture, view, alerts } = properties;
  const isWide = screen.width >= WIDE;
  const charts = chartLines(properties, rows < LOW ? 2 : 4);
  const told = alertLines(screen, alerts, rows < 30 ? 1 : 5);
  const details = detailLines(properties, rows < LOW ? 2 : rows < 30 ? 3 : 6);
  const isLow = rows < LOW;
  const titles = isWide || isLow ? 2 : 3;
  // Two lines are the screen's first and last, one is that of the totals.
  const room = Math.max(0, rows - 3 - charts.length - told.length - details.length - titles);
  const causes = Math.floor(room * (isWide || isLow ? 0.5 : 0.4));
  const providers = isWide ? causes : isLow ? 0 : Math.floor(room * 0.3);
  const events = room - causes - (isWide ? 0 : providers);
  const width = isWide
    ? { causes: screen.width - 62, providers: 60 }
    : { causes: screen.width, providers: screen.width };
  const causePanel = [
    causeTitle(screen, view, width.causes),
    ...panelRows(picture.causes, view, 'causes', causes, (row, mark) =>
      causeLine(screen, row, mark, width.causes),
    ),
  ];
  const providerPanel = [
    providerTitle(screen, view, width.providers),
    ...panelRows(picture.providers, view, 'providers', providers, (row, mark) =>
      providerLine(screen, row, mark, width.providers),
    ),
  ];
  return (
    <>
      <Lines lines={[totals(properties), ...charts, ...told]} />
      <Box flexDirection={isWide ? 'row' : 'column'} columnGap={2}>
        <Box flexDirection="column" width={width.causes}>
          <Lines lines={filled(causePanel, causes + 1)} />
        </Box>
        <Box flexDirection="column" width={width.providers}>
          <Lines lines={isLow && !isWide ? [] : filled(providerPanel, providers + 1)} />
        </Box>
      </Box>
      <Lines
        lines={[
          eventTitle(properties),
          ...filled(
            panelRows(picture.events, view, 'events', events, (row, mark) =>
              eventLine(properties, row, mark),
            ),
            events,
          ),
          ...details,
        ]}
      />
    </>
  );
}
