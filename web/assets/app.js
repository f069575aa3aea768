// SPDX-License-Identifier: LGPL-2.1-or-later
// The page: what the address asks for, the streams of the server, and the players.

import { Access } from './access.js';
import { parsePageParameters } from './page-parameters.js';
import { startEmbed } from './embed.js';
import { Page } from './page.js';

// The page may lie in a folder of a reverse proxy, so everything is relative to this module.
const base = new URL('../', import.meta.url).href;
const access = new Access(base);
const parameters = parsePageParameters(location.href, base);

if (parameters.embed) startEmbed(base, parameters);
else new Page(base, parameters, access).start();
access.watch();
