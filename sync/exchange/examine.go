package exchange

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"lockstep/resources/zones"
	"lockstep/sync/doctor"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// Examination makes the checks of the Exchange side, over a client of its own.
//
// Its checks are made one after the other. It writes nothing but one test entry in each calendar that it examines, on 1
// January 2001, private, free, without a reminder, with a mark by which the
// next examination finds one that was left behind. It never deletes another.
type Examination struct {
	conn   *Connection
	access ews.Access
	other  *ews.Client // the same account with the other access; nil: none

	mu        sync.Mutex
	throttled time.Duration // what the server asked for; 0: nothing

	opened    map[string]opened
	primaries map[string]string     // of addresses that are second ones
	scratch   map[string]ews.ItemID // test entries that are there now
	tried     map[string]bool       // builds whose facts were tried
	wrote     map[string]bool       // calendars in which the test entry could be made
}

// opened is what became of opening a calendar.
type opened struct {
	folder ews.Folder
	err    error
}

// Examine begins an examination. Close ends it.
func (c *Connection) Examine(access ews.Access) *Examination {
	return &Examination{conn: c, access: access, opened: map[string]opened{}, primaries: map[string]string{}, scratch: map[string]ews.ItemID{}, tried: map[string]bool{}, wrote: map[string]bool{}}
}

// Instead is a client of the same account that reaches mailboxes in the other
// way: a right that was given for that one is told.
func (x *Examination) Instead(other *ews.Client) { x.other = other }

// instead tells whether the other way leads to a calendar, with the right to write.
func (x *Examination) instead(ctx context.Context, address string) bool {
	if x.other == nil {
		return false
	}
	got, err := x.other.Mailbox(address).GetFolder(ctx, calendarFolder())
	if err != nil || got[0].Err != nil {
		return false
	}
	f := got[0].Folder
	return !f.HasRights || f.EffectiveRights.Read && f.EffectiveRights.CreateContents
}

// cleanUp bounds how long Close takes.
const cleanUp = 20 * time.Second

// Close removes test entries that are still there, also when ctx has ended.
func (x *Examination) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUp)
	defer cancel()
	for address := range maps.Clone(x.scratch) {
		_ = x.remove(ctx, address) // the next examination finds it
	}
}

// noted keeps a pause that the server asks for; true if err is one.
func (x *Examination) noted(err error) bool {
	if ews.ClassOf(err) != ews.ClassThrottled {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.throttled = max(x.throttled, time.Second)
	return true
}

// SignIn shows user and password, once. Any answer of Exchange itself, a
// refusal to open the account's own calendar too, proves that they are accepted.
func (x *Examination) SignIn(ctx context.Context) doctor.Result {
	r := doctor.Pass()
	own := x.conn.client.Mailbox("")
	got, err := own.GetFolder(ctx, calendarFolder())
	if err == nil {
		err = got[0].Err
	}
	r = r.With("account", x.conn.opts.Account)
	if v := own.Server(); v.Major != 0 {
		r = r.With("product", Product(v)).With("build", build(v))
	}
	if err == nil || x.noted(err) {
		return r
	}
	if told, known := answered(r, err); known {
		if told.Cause == doctor.CauseMoving || told.Cause == doctor.CauseStoreDown { // of the account's own mailbox, which nobody needs
			return r
		}
		return told
	}
	return r
}

func build(v ews.Server) string {
	return strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor) + "." + strconv.Itoa(v.Build)
}

// Server is what the server has said of itself so far.
func (x *Examination) Server() ews.Server { return x.conn.client.Mailbox("").Server() }

// open opens a person's calendar, once.
func (x *Examination) open(ctx context.Context, address string) opened {
	if o, ok := x.opened[address]; ok {
		return o
	}
	got, err := x.conn.client.Mailbox(address).GetFolder(ctx, calendarFolder())
	var o opened
	if err != nil {
		o.err = err
	} else {
		o.folder, o.err = got[0].Folder, got[0].Err
	}
	x.opened[address] = o
	return o
}

// Impersonation says whether the account may act for a person. others are
// people to try in his place, to tell a missing role from one that does not
// take him in.
func (x *Examination) Impersonation(ctx context.Context, address string, others []string) doctor.Result {
	r := doctor.Pass().With("access", x.access.String())
	if x.access == ews.AccessDelegate {
		return r
	}
	o := x.open(ctx, address)
	switch codeOfError(o.err) {
	case "ErrorImpersonateUserDenied", "ErrorImpersonationDenied", "ErrorImpersonationFailed":
	default:
		if x.noted(o.err) {
			return doctor.Skip(doctor.CauseThrottled)
		}
		return r
	}
	r = r.With("code", codeOfError(o.err))
	if x.instead(ctx, address) {
		return bad(r, doctor.CauseDelegate)
	}
	const most = 5
	for _, other := range others[:min(len(others), most)] {
		if other != address && x.open(ctx, other).err == nil {
			return bad(r, doctor.CauseOutOfScope).With("works_for_others", "yes")
		}
	}
	return bad(r, doctor.CauseRoleMissing)
}

// Outside says whether the account is kept from acting for a person, as it should be.
func (x *Examination) Outside(ctx context.Context, address string) doctor.Result {
	r := doctor.Pass().With("expected", "refused")
	o := x.open(ctx, address)
	switch {
	case x.noted(o.err):
		return doctor.Skip(doctor.CauseThrottled)
	case o.err == nil:
		r.State, r.Cause = doctor.Warned, doctor.CauseTooWide
		return r
	}
	code := codeOfError(o.err)
	r = r.With("code", code)
	switch code {
	case "ErrorImpersonateUserDenied", "ErrorImpersonationDenied", "ErrorImpersonationFailed", "ErrorAccessDenied", "ErrorFolderNotFound", "ErrorItemNotFound":
		return r
	case "ErrorNonExistentMailbox", "ErrorMissingEmailAddress", "ErrorMailRecipientNotFound", "ErrorInvalidSmtpAddress", "ErrorInvalidMailbox":
		// A slip of the pen is refused as well, and proves nothing.
		r.State, r.Cause = doctor.Warned, doctor.CauseNoMailbox
		return r
	}
	if told, known := answered(doctor.Result{}.With("expected", "refused"), o.err); known {
		return told
	}
	return bad(r, doctor.CauseUnexpected).With("detail", code)
}

// Mailbox says whether there is such a mailbox, and where.
func (x *Examination) Mailbox(ctx context.Context, address string) doctor.Result {
	r := doctor.Pass()
	o := x.open(ctx, address)
	code := codeOfError(o.err)
	switch {
	case o.err == nil:
		if v := x.conn.client.Mailbox(address).Server(); v.Major != 0 {
			r = r.With("build", build(v))
		}
		return r
	case x.noted(o.err):
		return doctor.Skip(doctor.CauseThrottled)
	case code == "ErrorNonPrimarySmtpAddress":
		return x.alias(ctx, r.With("code", code), address, o.err)
	}
	switch code {
	case "ErrorNonExistentMailbox", "ErrorMissingEmailAddress", "ErrorMailRecipientNotFound", "ErrorInvalidSmtpAddress", "ErrorInvalidMailbox":
		return x.noMailbox(ctx, r.With("code", code), address)
	case "ErrorAccessDenied", "ErrorFolderNotFound", "ErrorItemNotFound", "ErrorNoCalendar":
		return r // there is a mailbox, and its calendar is another check's
	}
	if told, known := answered(r, o.err); known {
		return told
	}
	return bad(r, doctor.CauseUnexpected).With("detail", code)
}

// alias goes on with the first address of a mailbox, as the sync does, and says so.
func (x *Examination) alias(ctx context.Context, r doctor.Result, address string, err error) doctor.Result {
	primary := x.primary(ctx, address, err)
	r = r.With("primary", primary)
	if primary == "" || x.open(ctx, primary).err != nil {
		return bad(r, doctor.CauseAlias)
	}
	x.primaries[address] = primary
	r.State, r.Cause = doctor.Warned, doctor.CauseAlias
	return r
}

// at is the address by which a mailbox is to be opened.
func (x *Examination) at(address string) string {
	if primary, ok := x.primaries[address]; ok {
		return primary
	}
	return address
}

// primary is the first address of a mailbox that was named by a second one.
func (x *Examination) primary(ctx context.Context, address string, err error) string {
	if e, ok := asEWS(err); ok && e.Primary != "" {
		return e.Primary
	}
	found, _, err := x.conn.client.Mailbox("").ResolveNames(ctx, "smtp:"+address)
	if err != nil || len(found) == 0 {
		return ""
	}
	return lower(found[0].Mailbox.Address)
}

// noMailbox looks an address up in the directory that no mailbox here answers to.
func (x *Examination) noMailbox(ctx context.Context, r doctor.Result, address string) doctor.Result {
	found, _, err := x.conn.client.Mailbox("").ResolveNames(ctx, "smtp:"+address)
	if err != nil || len(found) == 0 {
		return bad(r, doctor.CauseNoMailbox).With("directory", "no entry")
	}
	kind := found[0].Mailbox.MailboxType
	r = r.With("directory", kind)
	if kind == "PublicDL" || kind == "GroupMailbox" {
		return bad(r, doctor.CauseGroup)
	}
	for _, a := range append(found[0].Addresses, found[0].Mailbox.Address) {
		if strings.HasSuffix(lower(a), ".onmicrosoft.com") {
			return bad(r, doctor.CauseInCloud).With("location", a[strings.LastIndexByte(a, '@')+1:])
		}
	}
	return bad(r, doctor.CauseNoMailbox)
}

func codeOfError(err error) string {
	if e, ok := asEWS(err); ok {
		return e.Code
	}
	return ""
}

// Throttle says whether the server has asked for a pause, after it was asked
// twice at once.
func (x *Examination) Throttle(ctx context.Context) doctor.Result {
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			_, err := x.conn.client.Mailbox("").GetFolder(ctx, calendarFolder())
			x.noted(err)
		})
	}
	both.Wait()
	s := x.conn.client.Stats().Total()
	r := doctor.Pass().With("requests", strconv.FormatInt(s.Requests, 10)).With("at_once", "2")
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.throttled > 0 {
		return bad(r, doctor.CauseThrottled)
	}
	return r
}

// Zones compares the zone that a person has chosen in his mailbox with the one
// that he is kept in step in.
func (x *Examination) Zones(ctx context.Context, address, want string) doctor.Result {
	c, err := x.conn.client.Mailbox(x.at(address)).GetUserConfiguration(ctx, ews.UserConfigurationName{
		Name: "OWA.UserOptions", Folder: ews.FolderRef{Name: ews.FolderRoot},
	})
	if err != nil {
		x.noted(err)
		return doctor.Skip(doctor.CauseNotHere).With("code", codeOfError(err)) // 2007 has none, and new people have chosen none
	}
	windows, ok := c.Entry("timezone")
	if !ok || windows == "" {
		return doctor.Skip(doctor.CauseNotHere)
	}
	r := doctor.Pass().With("mailbox_zone", windows).With("office_zone", want)
	iana, ok := zones.ToIANA(windows)
	if ok && sameClock(iana, want, x.conn.client.Now()) {
		return r
	}
	if !ok {
		iana = windows
	}
	r.State, r.Cause = doctor.Warned, doctor.CauseMailboxZone
	return r.With("zone", iana)
}

// sameClock tells whether two zones show the same time all through the year.
func sameClock(a, b string, now time.Time) bool {
	za, err := event.LoadZone(a)
	if err != nil {
		return false
	}
	zb, err := event.LoadZone(b)
	if err != nil {
		return false
	}
	for month := range 12 {
		t := now.AddDate(0, month, 0)
		_, oa := t.In(za).Zone()
		_, ob := t.In(zb).Zone()
		if oa != ob {
			return false
		}
	}
	return true
}
