// What pages have and Node 20 has not, for tests of what runs in pages.
import { replaceEventClasses } from "../../src/base/events.ts";
import { CloseEvent, ErrorEvent } from "../../src/base/own-events.ts";

replaceEventClasses({ CloseEvent, ErrorEvent });
