package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"lockstep/cmd/internal/explain"
	"lockstep/cmd/internal/wire"
	"lockstep/sync/event"
	"lockstep/ui/model"
)

// maxFile bounds the files that are read whole.
const maxFile = 1 << 20

type setupCmd struct {
	File    string `help:"The office.toml to set up from." placeholder:"FILE" type:"path"`
	Example bool   `help:"Print an example office.toml with all keys explained."`
}

// Help explains the file.
func (setupCmd) Help() string {
	return `The office.toml names the two connections, the people and the rules; never a secret: those are given
to "lockstepctl secret set". Unknown keys are refused, with their line.

  zone           the office's time zone, an IANA name such as "Europe/Helsinki"; required
  office         a name of your own for this office in marks; default: made of the client id
  [exchange]     url, user; domain, auth (ntlm, basic), access (impersonation, delegate), version (2007,
                 2010, 2013, 2016, 2019, se), ca_file, pin_sha256, legacy_tls, plain, group (at which the
                 account's right ends), oab_url; the last two for the script and the handover sheet
  [severa]       client_id; url, ca_file, pin_sha256
  [network]      proxy (system, none, an address, or a script: pac+http://…), proxy_user (its password: "lockstepctl secret set proxy"),
                 no_proxy
  [people]       everyone = true keeps everybody in step who is in both systems with the same address;
                 guests = true also gives people who are not switched on a copy of each Severa activity that
                 they share with somebody who is; default: false
  [[person]]     severa, exchange, name, zone, direction; one for each person who is named, or whose addresses
                 differ, or who has a direction of his own
  [[resource]]   severa (the id that "lockstepctl resources" lists), exchange, name; a room, a car or another
                 thing, and the mailbox that shows when it is taken
  [rules]        winner (by_field, severa, exchange, ask), direction (two_way, publish, collect), deleted
                 (ask, keep_changed), types (names of Severa activity types that go to Exchange),
                 days_back, days_ahead, every
  [rules.fields] location, notes, private, kind, done, attendees: a direction for this field alone
  [private]      to_severa, to_exchange: what the other system gets of private entries. auto: everything, if it
                 can hide it from others (Severa does with an activity type of category Personal), else as
                 busy_only; full: everything; busy_only: that the time is taken, and the text is never stored
                 here either; not_at_all: nothing
  [screen]       me: your own address; show_subjects = true shows everybody's subjects and places, not only yours
  [aliases]      "another@example.com" = "mailbox@example.com", for people who are known by several addresses
  [filter]       Exchange entries that stay out of Severa: categories, only_categories, show_as (free,
                 tentative, busy, out_of_office, elsewhere), all_day, subjects (a text, or a pattern with *)
  [updates]      check = true looks once a day whether there is a newer version, at url (https), and tells; default:
                 false. Nothing is ever installed
  [rules.limits] delete_floor, delete_percent, delete_run, delete_day, shrink_percent, shift_floor,
                 shift_percent, create_floor, create_percent

"lockstepctl setup --example" prints a file to begin with. Setting up again changes what the file says and
keeps everything else. Nothing is connected, and no calendar is touched. After a change of the rules the next
sync shows what they rewrite, and waits for approval; what a rule keeps out stays as it is and is not deleted.`
}

// Run sets the office up.
func (c setupCmd) Run(ctx context.Context, a *app) error {
	if c.Example {
		say(a.out, "%s", example)
		return nil
	}
	if c.File == "" {
		return usage("Name the file: lockstepctl setup --file office.toml. `lockstepctl setup --example` prints one to begin with.")
	}
	text, err := readWhole(c.File)
	if err != nil {
		return usage(c.File + " cannot be read: " + explain.Root(err).Error() + ".")
	}
	fixed, err := a.policies()
	if err != nil {
		return err
	}
	f, err := wire.ParseOffice(text)
	if err == nil {
		err = wire.CheckOffice(f, filepath.Dir(c.File), fixed) // before a home folder is made for it
	}
	if bad, ok := errors.AsType[*wire.FileError](err); ok {
		say(a.err, "lockstepctl: %s is not right, and nothing was set up.\n", filepath.Base(c.File))
		for _, p := range bad.Problems {
			if p.Line > 0 {
				say(a.err, "  line %d, ", p.Line)
			} else {
				say(a.err, "  ")
			}
			if p.Key != "" {
				say(a.err, "%s: ", p.Key)
			}
			say(a.err, "%s\n", p.Say)
		}
		say(a.err, "`lockstepctl setup --help` explains the file.\n")
		return exitError(exitUsage)
	}
	if err != nil {
		return err
	}
	site, err := a.alone(ctx)
	if err != nil {
		return err
	}
	defer func() { a.closed(site.Close()) }()
	s, err := site.Setup(ctx, f, filepath.Dir(c.File))
	if err != nil {
		return err
	}
	say(a.out, "Set up in %s.\n", site.Home)
	say(a.out, "  Exchange  %s as %s\n", s.Connections[event.Exchange].URL, s.Connections[event.Exchange].Account)
	say(a.out, "  Severa    %s as %s\n", s.Connections[event.Business].URL, s.Connections[event.Business].Account)
	say(a.out, "  secrets   in %s\n", site.Kind)
	say(a.out, "  private   %s ([private] of office.toml)\n", model.PrivateRule(s.Rules.Private))
	if s.Connections[event.Exchange].LegacyTLS {
		say(a.out, "Warning: legacy_tls allows encryption that can be broken. Use it only until the server is renewed.\n")
	}
	if s.Connections[event.Exchange].Plain {
		say(a.out, "Warning: plain sends the password over the network without encryption.\n")
	}
	return nextStep(ctx, a, site)
}

// nextStep tells which secrets are missing yet.
func nextStep(ctx context.Context, a *app, site *wire.Site) error {
	for _, name := range []string{wire.SecretExchange, wire.SecretSevera} {
		have, err := site.HasSecret(ctx, name)
		if err != nil {
			return err
		}
		if !have {
			say(a.out, "Next: lockstepctl secret set %s\n", name)
			return nil
		}
	}
	say(a.out, "Next: lockstepctl preview\n")
	return nil
}

func readWhole(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

const example = `# An office for Lockstep. Remove what you do not need; no secret belongs in here.
zone = "Europe/Helsinki"

[exchange]
url = "https://mail.example.com/EWS/Exchange.asmx"
domain = "OFFICE"              # NetBIOS domain of the account
user = "svc-lockstep"          # may act for the people (impersonation), or has full access to their mailboxes
# auth = "ntlm"                # or "basic"
# access = "impersonation"     # or "delegate"
# version = "2016"             # 2007, 2010, 2013, 2016, 2019 or se; found out when left out
# ca_file = "office-ca.pem"    # a private certificate authority
# pin_sha256 = ""              # or the fingerprint of the one certificate to trust, 64 hexadecimal digits
# legacy_tls = false           # only for servers that know nothing newer than TLS 1.0
# plain = false                # sign in over http to another machine: shows the password to the network
# group = "Pilot"              # the group at which the account's right ends: for the script and the handover sheet
# oab_url = ""                 # the offline address book, for the handover sheet ("lockstepctl discover" finds it)

[severa]
client_id = "Example_AbCdEfGh.apps.vismasevera.com"   # Severa: Settings, Integrations, REST API
# url = "https://api.severa.visma.com/rest-api"
# ca_file = ""
# pin_sha256 = ""

# [network]
# proxy = "system"             # or "none", "http://proxy.example.com:8080", or a script: "pac+http://proxy.example.com/proxy.pac"
# proxy_user = ""              # its password: lockstepctl secret set proxy
# no_proxy = ["mail.example.com"]

[people]
everyone = true                # everybody who is in both systems with the same e-mail address
# guests = true                # writes into mailboxes of people who are not switched on, too: what they share in Severa
                               # with somebody who is. Ask them first; "lockstepctl people optout" leaves somebody out.

# Somebody whose addresses differ, or, without everyone = true, each person:
# [[person]]
# severa = "anna@example.com"
# exchange = "anna.virtanen@example.com"
# name = "Anna Virtanen"

# A room or a car, and the mailbox that shows when it is taken ("lockstepctl resources" lists the ids):
# [[resource]]
# severa = "00000000-0000-0000-0000-000000000000"
# exchange = "blue.room@example.com"

[rules]
winner = "by_field"            # changed in both places: the organiser's side for time and place, the newer for
                               # the rest; or "severa", "exchange", "ask"
direction = "two_way"          # or "publish" (Severa to Exchange only), "collect" (Exchange to Severa only)
deleted = "ask"                # deleted in one place, changed in the other: ask, or "keep_changed"
# send_meeting_requests = false  # true: moving or calling off in Severa a meeting with somebody from outside makes
                               # Exchange mail everybody in it; the preview counts the mails first
# types = ["Meeting"]          # only these activity types go to Exchange; project tasks never do
days_back = 30                 # 0, 7, 30 or any number; what leaves these days stays as it is
days_ahead = 180
every = "30s"

# [rules.fields]               # a direction for one field alone
# notes = "publish"

# [private]                    # what the other system gets of private entries
# to_severa = "auto"           # everything, where an activity type of category Personal hides it from others, else
#                              # only that the time is taken; or "full", "busy_only", "not_at_all"
# to_exchange = "auto"

# [screen]                     # subjects and places of other people are not shown
# me = "anna@example.com"
# show_subjects = false

# [aliases]                    # other addresses of people
# "anna@old.example" = "anna.virtanen@example.com"

# [filter]                     # Exchange entries that stay out of Severa
# categories = ["Home"]
# only_categories = []
# show_as = ["free"]
# all_day = false
# subjects = ["lunch", "birthday*"]

# [updates]                    # tell of a newer version; nothing is ever installed
# check = false
# url = "https://example.com/lockstep.json"

# Safety stops: more than this stops a person's sync before anything is written.
# [rules.limits]
# delete_run = 50
# delete_day = 50
`
