/** What an import takes at most. The files may be anybody's; each cap is far above what an exchange has. */

/** Octets of one file: ten thousand endpoints, as generators write them, take half of it. */
export const maxOctets: number = 16_777_216;
/** Characters of a line: what is longer Asterisk does not read either. */
export const maxLine = 8_192;
/** Files that are read, and how deep they include each other. */
export const maxFiles = 1_000;
export const maxIncludeDepth = 16;
/** Block comments within each other. */
export const maxCommentDepth = 128;
/** Options of one section, with those of its templates. */
export const maxOptions = 2_000;
/** Options of all sections, with those of their templates. */
export const maxAllOptions = 1_000_000;
/** Characters of a text after its variables were put in. */
export const maxExpanded = 1_024;
/** How often a call may be sent on by Goto. */
export const maxGotos = 16;
/** Contexts that a context includes, with those that these include. */
export const maxContexts = 1_000;
