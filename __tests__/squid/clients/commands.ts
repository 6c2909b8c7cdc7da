/**
 * How a client is told to get something from a site such as "https://site.test", without retries: by a
 * line for bash, in which `$work` is a folder for it.
 */
export type Command = (site: URL) => string;

/** Clients that have the proxy from their environment or their configuration. */
export const COMMANDS = {
  apt: ({ origin }) =>
    `echo "deb [trusted=yes] ${origin}/files/apt ./" >$work/sources.list && ` +
    "apt-get update --error-on=any --option Acquire::Retries=0 --option Dir::State::Lists=$work " +
    "--option Dir::Cache=$work " +
    "--option Dir::Etc::SourceList=$work/sources.list --option Dir::Etc::SourceParts=/dev/null",
  curl: ({ origin }) => `curl --silent --show-error --fail-with-body ${origin}/bytes/1`,
  dnf: ({ origin }) =>
    `dnf --repofrompath=lab,${origin}/files/dnf --repo=lab --setopt=lab.skip_if_unavailable=False ` +
    "--setopt=retries=1 --installroot=$work --releasever=1 makecache",
  git: ({ origin }) => `git clone ${origin}/files/hello.git $work/hello`,
  Go: ({ origin }) => `go-get ${origin}/bytes/1`,
  npm: ({ origin, protocol }) =>
    `node /opt/npm/bin/npm-cli.js install --registry ${origin}/files/${protocol.slice(0, -1)}/npm/ ` +
    "--fetch-retries=0 " +
    "--cache $work/cache --prefix $work hello",
  // Of a page that is refused it says, without -vv, only that there is no such package.
  pip: ({ origin, hostname }) =>
    `pip download -vv --index-url ${origin}/files/pip --trusted-host ${hostname} --retries 1 ` +
    "--no-cache-dir --dest $work hello",
  wget: ({ origin }) => `wget --tries=1 --output-document=- ${origin}/bytes/1`,
} satisfies Readonly<Record<string, Command>>;

/** A script that runs a command, and says last how it ended. */
export const reporting = (command: string) =>
  `work=$(mktemp --directory); chmod 755 $work; { ${command}; } 2>&1; echo "exit $?"`;

export const WORKS = /exit 0$/;
export const REFUSED = /(403|forbidden)[^]*exit [1-9]\d*$/i;
