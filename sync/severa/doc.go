// Package severa keeps one person's calendar in Visma Severa behind
// endpoint.Endpoint, on top of the REST client in sync/severa/api.
//
// It is not allowed to decide what is kept in step: it delivers everything
// that a person owns or takes part in, project tasks included, and knows no
// plan, store or engine. It keeps nothing on disk. It reads no clock but
// Options.Now, and no error or log line holds the text of an entry.
//
// # People
//
// The service works for a whole organisation, so one [Connection] serves all
// people of the office. An activity has one owner and any number of
// participants. The item of each of them lists the other people: active users
// with an address of their own, without the owner and without the person
// himself. Contacts and resources are neither listed nor touched: no list of
// activities tells of them, so that naming them would take a request for each
// activity, and again for each that changes.
//
// People of a meeting who are no users stand as a list below the notes of an
// activity. A participant names the guid of a user, a contact
// or a resource, the type Other included, so that a stranger would first have to
// become a contact card in the customer register, which is not ours to fill; and
// whether the service writes to contacts who are added is not documented. The list
// stands between two lines of its own. It is read as people
// (event.Attendee.Text) and is no part of the notes, so that it neither goes to
// the meeting nor piles up, and what a person writes before or after it is his.
// Who takes it away, or somebody out of it, has taken these people out: they do not
// come back unless they are called anew. Of a series the list of the master counts:
// a changed occurrence has notes of its own, whose list is brought up to date when
// the series is written, and is no exception by it.
//
// A list of activities carries no participants, and nothing says that a
// deletion or, perhaps, a change of participants touched an activity. So:
//
//   - A complete enumeration lists the window once per active user with
//     includeAsMember. That tells exactly who takes part in what, at the price
//     of the pages that everybody needs for himself anyway, and is shared by
//     all people who enumerate at about the same time.
//   - Changes come from one organisation-wide feed, shared likewise: three
//     requests when nothing has changed. Only what is new in it costs more: one
//     request per changed activity, or one per active user if that is less.
//   - Whoever a list says has left an activity that has not changed is believed
//     to have left only when the activity's own participants say so.
//
// # Absence
//
// Changes never tells of a deletion. Get answers NotFound only when the
// service itself says that there is no such activity and, asked again, that the
// credentials are good, or when the activity's own participants show that
// the person is not in it any more.
//
// # Times
//
// A time is an instant on the wire. It is written on the clocks of the person's
// zone, or in UTC where these clocks show the hour twice. An all-day entry
// is bounded by midnights with an exclusive end, or lasts one day without an
// end (https://support.severa.com, article 77000465116). Whose midnights these are is not
// documented: the owner's are tried first, then the organisation's, then UTC's,
// and what the service makes of a write decides.
//
// A to-do (hasDuration false) without an end is an entry without length. It
// stays a to-do as long as nobody gives it a length, so nothing is lost.
//
// # Series
//
// A series is one item: the rule of its master, and what the window shows of
// it. The service names neither the occurrence that an exception stands for nor a
// deleted one, and does not say on whose clocks a series repeats, on which day
// its weeks begin, or what it does with a day that some months lack. So the
// canonical rule is spread out over the window in each of the ways that are
// possible, the first that explains every listed occurrence is taken, and what
// is missing from the list is what was deleted or changed. A list may be short
// by mistake: what the series itself does not name as an exception is looked for
// twice. Where it cannot be told which occurrence a changed one was, the series is
// a trouble of its own ([CodeSeriesException]); nothing is guessed.
//
// What was learnt of the service in this way is kept in the cursor, because it
// decides how a series of the other side can be held (HoldSeries).
//
// The occurrences of a series are listed per owner, not per series, and only
// when the feed tells that one of them changed. A service that does not touch the
// series when one occurrence is deleted is found out by the next complete
// enumeration alone.
//
// A write looks at what there is and does what differs, so doing it again
// finishes what was broken off. A new rule ends the exceptions, and only all of
// them together can be taken back; both are refused while booked hours, a
// customer or a phase hang on one of them.
//
// # Owners who leave
//
// An owner who leaves passes the activity on to the next of its people in the
// order of their ids. That ownerUser can be patched is inferred from its not
// being read-only; where it cannot, nothing is changed and the error says so
// ([CodeOwnerFixed]).
package severa
