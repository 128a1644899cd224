package wire_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/localapi"
	"lockstep/sync/severa/severasim"
)

// fault is a state in which an office can be, and the line with which the
// doctor has to begin.
type fault struct {
	name string // for people: what is wrong
	// before changes the servers before they are made, running what runs and
	// what office.toml says of it.
	before, running func(*testing.T, *surgeryOffice)
	check           doctor.Check
	cause           doctor.Cause
	warns           bool // it works all the same
	who             []string
}

func xopts(change func(*ewssim.Options)) func(*testing.T, *surgeryOffice) {
	return func(_ *testing.T, o *surgeryOffice) { change(&o.xo) }
}

func sopts(change func(*severasim.Options)) func(*testing.T, *surgeryOffice) {
	return func(_ *testing.T, o *surgeryOffice) { change(&o.so) }
}

func broken(b ewssim.Broken) func(*testing.T, *surgeryOffice) {
	return func(_ *testing.T, o *surgeryOffice) { o.exchange.Break(b) }
}

func codes(pairs ...string) func(*testing.T, *surgeryOffice) {
	b := ewssim.Broken{Codes: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		b.Codes[pairs[i]] = pairs[i+1]
	}
	return broken(b)
}

func file(change func(o *surgeryOffice)) func(*testing.T, *surgeryOffice) {
	return func(_ *testing.T, o *surgeryOffice) { change(o) }
}

func lines1(add string) func(*testing.T, *surgeryOffice) {
	return func(_ *testing.T, o *surgeryOffice) { o.exchangeLines += add + "\n" }
}

// named is the simulated Exchange under a name that only a proxy knows.
func named(o *surgeryOffice) string {
	return strings.Replace(o.url, "127.0.0.1", "mail.office.test", 1)
}

// through is a proxy in the way of the simulated Exchange.
func through(answer http.HandlerFunc) func(*testing.T, *surgeryOffice) {
	return func(t *testing.T, o *surgeryOffice) {
		p := httptest.NewServer(answer)
		t.Cleanup(p.Close)
		o.url = named(o)
		o.network = "[network]\nproxy = \"" + p.URL + "\"\nno_proxy = [\"127.0.0.1\"]\n"
	}
}

// deaf is a port at which nobody listens.
const deaf = "127.0.0.1:1"

// strange is a listener that does something else with each connection.
func strange(t *testing.T, do func(net.Conn)) string {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go do(c)
		}
	}()
	return l.Addr().String()
}

// script is one rule of misbehaviour.
func script(rule string) *ewssim.Faults {
	f, err := ewssim.ParseFaults(strings.NewReader("[[rule]]\n" + rule))
	if err != nil {
		panic(err) // a typing error in the table
	}
	return f
}

func mark(set, name, value string) ewssim.Ext {
	return ewssim.Ext{Key: ewssim.ExtKey{SetID: set, Name: name, Type: "String"}, Values: []string{value}}
}

const (
	publicStrings = "00020329-0000-0000-c000-000000000046"
	ownSet        = "b870f761-ce94-482a-a248-bc46d19aafb5"
)

// put makes an entry in Anna's calendar that bears a mark.
func put(e ewssim.Ext) func(*testing.T, *surgeryOffice) {
	return func(t *testing.T, o *surgeryOffice) {
		at := time.Now().Add(24 * time.Hour)
		if _, err := o.exchange.Put(anna, "", ewssim.Item{Subject: "Palaveri", Start: at, End: at.Add(time.Hour), Ext: []ewssim.Ext{e}}); err != nil {
			t.Fatal(err)
		}
	}
}

// Of the way to the servers.
var wayFaults = []fault{
	{name: "The server's name has a typing error", running: file(func(o *surgeryOffice) { o.url = "https://mial.office.invalid/EWS/Exchange.asmx" }), check: doctor.CheckReach, cause: doctor.CauseHostUnknown},
	{name: "No name server answers", running: file(func(o *surgeryOffice) { o.url = "https://mail.office.broken/EWS/Exchange.asmx" }), check: doctor.CheckReach, cause: doctor.CauseDNSFailed},
	{name: "Nothing listens at the port", running: func(_ *testing.T, o *surgeryOffice) { o.url = "https://" + deaf + "/EWS/Exchange.asmx" }, check: doctor.CheckReach, cause: doctor.CauseRefused},
	{name: "The proxy does not exist", running: func(_ *testing.T, o *surgeryOffice) {
		o.url, o.network = named(o), "[network]\nproxy = \"http://"+deaf+"\"\nno_proxy = [\"127.0.0.1\"]\n"
	}, check: doctor.CheckProxy, cause: doctor.CauseProxyUnknown},
	{name: "The proxy wants a sign-in", running: through(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
	}), check: doctor.CheckProxy, cause: doctor.CauseProxySignIn},
	{name: "The proxy refuses user and password", running: func(t *testing.T, o *surgeryOffice) {
		o.network = "[network]\nproxy = \"" + byNTLM(t, "out", "right", o.url, "mail.office.test") + "\"\nproxy_user = \"out\"\nno_proxy = [\"127.0.0.1\"]\n"
		o.url, o.proxyPass = named(o), "wrong"
	}, check: doctor.CheckProxy, cause: doctor.CauseProxySignIn},
	{name: "The proxy does not let the program through", running: through(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
	}), check: doctor.CheckProxy, cause: doctor.CauseProxyRefuses},
	{name: "Severa's name cannot be found", running: file(func(o *surgeryOffice) { o.severaURL = "https://api.severa.invalid/rest-api" }), check: doctor.CheckReach, cause: doctor.CauseHostUnknown},
}

// Of the encryption.
var tlsFaults = []fault{
	{name: "The port speaks no encryption", before: func(_ *testing.T, o *surgeryOffice) { o.tls = false }, running: file(func(o *surgeryOffice) { o.url = strings.Replace(o.url, "http:", "https:", 1) }), check: doctor.CheckTLS, cause: doctor.CauseNotTLS},
	{name: "The server knows TLS 1.0 alone", before: xopts(func(x *ewssim.Options) { x.OldTLS = true }), check: doctor.CheckTLS, cause: doctor.CauseOldTLS},
	{name: "A firewall cuts the encryption off", running: func(t *testing.T, o *surgeryOffice) {
		o.url = "https://" + strange(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)); _ = c.Close() }) + "/EWS/Exchange.asmx"
	}, check: doctor.CheckTLS, cause: doctor.CauseCut},
	{name: "The certificate is of an authority that nobody told this PC of", before: xopts(func(x *ewssim.Options) { x.Certificate = ewssim.CertStranger }), check: doctor.CheckTLS, cause: doctor.CauseUntrusted},
	{name: "The certificate vouches for itself", before: xopts(func(x *ewssim.Options) { x.Certificate = ewssim.CertSelfSigned }), check: doctor.CheckTLS, cause: doctor.CauseSelfSigned},
	{name: "The server does not send the certificate in between", before: xopts(func(x *ewssim.Options) { x.Certificate = ewssim.CertIncomplete }), check: doctor.CheckTLS, cause: doctor.CauseIncomplete},
	{name: "The certificate is for another name", before: xopts(func(x *ewssim.Options) { x.Certificate = ewssim.CertWrongName }), check: doctor.CheckTLS, cause: doctor.CauseWrongName},
	{name: "The certificate has run out", before: xopts(func(x *ewssim.Options) { x.Certificate = ewssim.CertExpired }), check: doctor.CheckTLS, cause: doctor.CauseExpired},
	{name: "The certificate is not valid yet", before: xopts(func(x *ewssim.Options) { x.Certificate = ewssim.CertNotYet }), check: doctor.CheckTLS, cause: doctor.CauseNotYetValid},
	{name: "The certificate runs out soon", before: xopts(func(x *ewssim.Options) { x.Certificate = ewssim.CertSoon }), check: doctor.CheckTLS, cause: doctor.CauseExpiresSoon, warns: true},
	{name: "The certificate is another than the one that was trusted", running: lines1(`pin_sha256 = "` + strings.Repeat("ab", 32) + `"`), check: doctor.CheckTLS, cause: doctor.CauseChanged},
	{name: "A device on the way opens the encryption", before: xopts(func(x *ewssim.Options) { x.Certificate = ewssim.CertInspected }), check: doctor.CheckTLS, cause: doctor.CauseInspected},
	{name: "A device on the way opens the encryption, and this PC trusts it", before: xopts(func(x *ewssim.Options) { x.Certificate = ewssim.CertInspectedKnown }), check: doctor.CheckTLS, cause: doctor.CauseInspected, warns: true},
	{name: "Severa's certificate has run out", before: sopts(func(s *severasim.Options) { s.ExpiredCertificate = true }), check: doctor.CheckTLS, cause: doctor.CauseExpired},
}

// Of what answers at the address.
var serviceFaults = []fault{
	{name: "The path is not that of the service", running: file(func(o *surgeryOffice) { o.url = strings.Replace(o.url, "/EWS/Exchange.asmx", "/owa", 1) }), check: doctor.CheckService, cause: doctor.CauseNoService},
	{name: "Status 404 at the right path", running: broken(ewssim.Broken{Front: ewssim.FrontNotFound}), check: doctor.CheckService, cause: doctor.CauseNoService},
	{name: "A captive portal shows its page", running: broken(ewssim.Broken{Front: ewssim.FrontPage}), check: doctor.CheckService, cause: doctor.CauseWebPage},
	{name: "A redirect to a sign-in page", running: broken(ewssim.Broken{Front: ewssim.FrontLogin}), check: doctor.CheckService, cause: doctor.CauseLoginPage},
	{name: "Status 440: the session of a sign-in page is over", running: broken(ewssim.Broken{Front: ewssim.FrontSession}), check: doctor.CheckService, cause: doctor.CauseLoginPage},
	{name: "A redirect to another server", running: broken(ewssim.Broken{Front: ewssim.FrontElsewhere, Elsewhere: "https://mail2.office.test/EWS/Exchange.asmx"}), check: doctor.CheckService, cause: doctor.CauseRedirected},
	{name: "Status 403: EWS is switched off or filtered by program", running: broken(ewssim.Broken{Front: ewssim.FrontForbidden}), check: doctor.CheckService, cause: doctor.CauseBlocked},
	{name: "Status 503: the application pool is stopped", running: broken(ewssim.Broken{Front: ewssim.FrontUnavailable}), check: doctor.CheckService, cause: doctor.CauseUnavailable},
	{name: "Status 500 with a page of ASP.NET", running: broken(ewssim.Broken{Front: ewssim.FrontError}), check: doctor.CheckService, cause: doctor.CauseBroken},
	{name: "The connection is cut without an answer", running: broken(ewssim.Broken{Front: ewssim.FrontCut}), check: doctor.CheckService, cause: doctor.CauseCut},
	{name: "Something answers that wants no sign-in", running: broken(ewssim.Broken{Front: ewssim.FrontOpen}), check: doctor.CheckService, cause: doctor.CauseNoAuth},
	{name: "The server takes OAuth alone", running: broken(ewssim.Broken{Front: ewssim.FrontOAuth}), check: doctor.CheckAuth, cause: doctor.CauseOAuthOnly},
	{name: "Basic is set up and switched off", running: lines1(`auth = "basic"`), check: doctor.CheckAuth, cause: doctor.CauseBasicOff},
	{name: "NTLM is switched off", before: xopts(func(x *ewssim.Options) { x.Auth = ewssim.AuthBasic }), check: doctor.CheckAuth, cause: doctor.CauseNTLMOff},
	{name: "Basic is in use although there is NTLM", before: xopts(func(x *ewssim.Options) { x.Auth = ewssim.AuthBoth }), running: lines1(`auth = "basic"`), check: doctor.CheckAuth, cause: doctor.CauseBasicOnly, warns: true},
}

// Of the sign-in.
var signInFaults = []fault{
	{name: "No password is set", running: file(func(o *surgeryOffice) { o.password = "" }), check: doctor.CheckSignIn, cause: doctor.CauseNoSecret},
	{name: "The password is wrong", running: file(func(o *surgeryOffice) { o.password = "wrong" }), check: doctor.CheckSignIn, cause: doctor.CauseWrongPassword},
	{name: "There is no such account", running: file(func(o *surgeryOffice) { o.user = "svc-lokcstep" }), check: doctor.CheckSignIn, cause: doctor.CauseWrongPassword},
	{name: "The account is locked", before: xopts(func(x *ewssim.Options) { x.TellLocked = true }), running: func(_ *testing.T, o *surgeryOffice) { o.exchange.Gate().Lock(account) }, check: doctor.CheckSignIn, cause: doctor.CauseLocked},
	{name: "The account's password has expired", running: codes("*", "ErrorPasswordExpired"), check: doctor.CheckSignIn, cause: doctor.CausePasswordExpired},
	{name: "The account is switched off", running: codes("*", "ErrorAccountDisabled"), check: doctor.CheckSignIn, cause: doctor.CauseAccountDisabled},
	{name: "The server is too old", running: codes("*", "ErrorInvalidServerVersion"), check: doctor.CheckSignIn, cause: doctor.CauseTooOld},
}

// Of the rights and the mailbox.
var rightsFaults = []fault{
	{name: "The role ApplicationImpersonation is missing", running: func(_ *testing.T, o *surgeryOffice) { o.exchange.RevokeImpersonation(account) }, check: doctor.CheckImpersonation, cause: doctor.CauseRoleMissing},
	{name: "The role's scope does not take the person in", running: func(_ *testing.T, o *surgeryOffice) {
		o.exchange.AllowImpersonation(account, bert)
		o.people += "[[person]]\nsevera = \"" + bert + "\"\n"
	}, check: doctor.CheckImpersonation, cause: doctor.CauseOutOfScope},
	{name: "The role is missing, and the account has full access to the mailbox", running: func(t *testing.T, o *surgeryOffice) {
		o.exchange.RevokeImpersonation(account)
		if err := o.exchange.Share(anna, "", account, ewssim.RightEdit); err != nil {
			t.Fatal(err)
		}
	}, check: doctor.CheckImpersonation, cause: doctor.CauseDelegate},
	{name: "Full access is set up, and the account has the role instead", running: lines1(`access = "delegate"`), check: doctor.CheckCalendar, cause: doctor.CauseImpersonate},
	{name: "There is no such mailbox", running: func(t *testing.T, o *surgeryOffice) {
		if err := o.exchange.RemoveMailbox(anna); err != nil {
			t.Fatal(err)
		}
	}, check: doctor.CheckMailbox, cause: doctor.CauseNoMailbox},
	{name: "The mailbox is in Microsoft 365", running: func(t *testing.T, o *surgeryOffice) {
		if err := o.exchange.AddMailbox(ewssim.MailboxInfo{Primary: "cecilia@office.test", Aliases: []string{"cecilia@office.mail.onmicrosoft.com"}, Name: "Cecilia", Remote: true}); err != nil {
			t.Fatal(err)
		}
		o.severa.AddUser(severasim.User{FirstName: "Cecilia", Email: "cecilia@office.test"})
		o.people = "[[person]]\nsevera = \"cecilia@office.test\"\n"
	}, check: doctor.CheckMailbox, cause: doctor.CauseInCloud},
	{name: "The address is a second one of the mailbox", running: file(func(o *surgeryOffice) {
		o.people = "[[person]]\nsevera = \"" + anna + "\"\nexchange = \"" + annaAlias + "\"\n"
	}), check: doctor.CheckMailbox, cause: doctor.CauseAlias, warns: true},
	{name: "The address is a distribution list", running: func(t *testing.T, o *surgeryOffice) {
		if err := o.exchange.SetMembers(anna, ewssim.Person{Name: "Bert", Address: bert}); err != nil {
			t.Fatal(err)
		}
	}, check: doctor.CheckMailbox, cause: doctor.CauseGroup},
	{name: "The mailbox is being moved", running: codes("*", "ErrorMailboxMoveInProgress"), check: doctor.CheckMailbox, cause: doctor.CauseMoving},
	{name: "The mailbox's database is not running", running: codes("*", "ErrorMailboxStoreUnavailable"), check: doctor.CheckMailbox, cause: doctor.CauseStoreDown},
	{name: "A delegate has no right in the calendar", running: func(_ *testing.T, o *surgeryOffice) {
		o.exchange.RevokeImpersonation(account)
		o.exchangeLines += "access = \"delegate\"\n"
	}, check: doctor.CheckCalendar, cause: doctor.CauseNoRight},
	{name: "A delegate may only read the calendar", running: func(t *testing.T, o *surgeryOffice) {
		o.exchangeLines += "access = \"delegate\"\n"
		if err := o.exchange.Share(anna, "", account, ewssim.RightRead); err != nil {
			t.Fatal(err)
		}
	}, check: doctor.CheckCalendar, cause: doctor.CauseReadOnly},
	{name: "The server refuses new entries", running: codes("CreateItem", "ErrorCreateItemAccessDenied"), check: doctor.CheckCalendar, cause: doctor.CauseReadOnly},
	{name: "The mailbox is full", running: func(t *testing.T, o *surgeryOffice) {
		put(mark(publicStrings, "somethingElse", "x"))(t, o)
		if err := o.exchange.SetQuota(anna, 1); err != nil {
			t.Fatal(err)
		}
	}, check: doctor.CheckCalendar, cause: doctor.CauseQuota},
	{name: "The mailbox takes no more named properties", running: broken(ewssim.Broken{NoMarks: true}), check: doctor.CheckCalendar, cause: doctor.CauseNoProperty},
	{name: "A program on the server strips properties", running: broken(ewssim.Broken{LoseMarks: true}), check: doctor.CheckProperty, cause: doctor.CausePropertyLost},
	{name: "The test entry cannot be removed", running: codes("DeleteItem", "ErrorCannotDeleteObject"), check: doctor.CheckProperty, cause: doctor.CauseNotRemoved, warns: true},
	{name: "The server sends no notifications", running: codes("Subscribe", "ErrorSubscriptionAccessDenied"), check: doctor.CheckNotify, cause: doctor.CauseNoNotices, warns: true},
	{name: "The server takes subscriptions and opens no stream for them", running: codes("GetStreamingEvents", "ErrorAccessDenied"), check: doctor.CheckNotify, cause: doctor.CauseNoNotices, warns: true},
	{name: "The server does something else than Lockstep relies on: nothing can be moved", running: codes("MoveItem", "ErrorMoveCopyFailed"), check: doctor.CheckProperty, cause: doctor.CauseUnlike, warns: true},
	{name: "Exchange holds the account back", before: xopts(func(x *ewssim.Options) {
		x.Faults = script(`kind = "throttle"
retry_after = "1m"`)
	}), check: doctor.CheckThrottle, cause: doctor.CauseThrottled},
	{name: "The mailbox is in another time zone", running: func(t *testing.T, o *surgeryOffice) {
		if err := o.exchange.AddMailbox(ewssim.MailboxInfo{Primary: "dora@office.test", Name: "Dora", Zone: "Eastern Standard Time", Account: "dora"}); err != nil {
			t.Fatal(err)
		}
		o.severa.AddUser(severasim.User{FirstName: "Dora", Email: "dora@office.test"})
		o.people = "[[person]]\nsevera = \"dora@office.test\"\n"
	}, check: doctor.CheckZones, cause: doctor.CauseMailboxZone, warns: true},
	{name: "Microsoft Dynamics works on the calendar", running: put(mark(publicStrings, "crmorgid", "{org}")), check: doctor.CheckOthers, cause: doctor.CauseDynamics, warns: true},
	{name: "Outlook Google Calendar Sync works on the calendar", running: put(mark(publicStrings, "googleEventID", "x")), check: doctor.CheckOthers, cause: doctor.CauseOGCS, warns: true},
	{name: "Another installation of Lockstep works on the calendar", running: put(mark(ownSet, "LockstepOffice", "another")), check: doctor.CheckOthers, cause: doctor.CauseAnotherOffice, warns: true},
}

// Of the clocks, the business system, the people and this PC.
var officeFaults = []fault{
	{name: "Exchange's clock is ten minutes off", before: xopts(func(x *ewssim.Options) {
		x.Faults = script(`kind = "skew"
skew = "10m"`)
	}), check: doctor.CheckClocks, cause: doctor.CauseServerClock},
	{name: "Severa's clock is ten minutes off", before: sopts(func(s *severasim.Options) {
		s.Faults = script(`kind = "skew"
skew = "-10m"`)
	}), check: doctor.CheckClocks, cause: doctor.CauseBusinessClock},
	{name: "This PC's clock is ten minutes off", before: func(_ *testing.T, o *surgeryOffice) { o.skew = 10 * time.Minute }, check: doctor.CheckClocks, cause: doctor.CausePCClock},
	{name: "This PC's clock stands in the past", before: func(_ *testing.T, o *surgeryOffice) { o.skew = time.Until(time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)) }, check: doctor.CheckPC, cause: doctor.CausePCPast},
	{name: "Severa's client secret is wrong", running: file(func(o *surgeryOffice) { o.secret = "wrong" }), check: doctor.CheckBusiness, cause: doctor.CauseWrongPassword},
	{name: "No client secret is set for Severa", running: file(func(o *surgeryOffice) { o.secret = "" }), check: doctor.CheckBusiness, cause: doctor.CauseNoSecret},
	{name: "Severa's credentials lack a permission", before: sopts(func(s *severasim.Options) {
		s.Scopes = []string{"activities:read", "activities:write", "users:read", "settings:read"}
	}), check: doctor.CheckBusiness, cause: doctor.CauseScopeMissing},
	{name: "The terms of Severa's REST API are not approved", running: func(_ *testing.T, o *surgeryOffice) { o.severa.SetTermsApproved(false) }, check: doctor.CheckBusiness, cause: doctor.CauseTerms},
	{name: "The organisation lacks Severa's REST API add-on", running: func(_ *testing.T, o *surgeryOffice) { o.severa.SetAddonActive(false) }, check: doctor.CheckBusiness, cause: doctor.CauseAddon},
	{name: "Severa's quota is used up", before: sopts(func(s *severasim.Options) {
		s.Faults = script(`kind = "throttle"
retry_after = "1h"`)
	}), check: doctor.CheckBusiness, cause: doctor.CauseBusinessQuota},
	{name: "Severa is out of service", before: sopts(func(s *severasim.Options) {
		s.Faults = script(`kind = "unavailable"
retry_after = "1h"`)
	}), check: doctor.CheckBusiness, cause: doctor.CauseUnavailable},
	{name: "Severa has no activity types", before: sopts(func(s *severasim.Options) { s.NoTypes = true }), check: doctor.CheckBusiness, cause: doctor.CauseNoTypes},
	{name: "Severa has no activity type for private entries", before: sopts(func(s *severasim.Options) { s.NoTypes = true }), running: func(_ *testing.T, o *surgeryOffice) {
		o.severa.AddActivityType(severasim.ActivityType{Name: "Meeting", Category: severasim.CalendarEntry, Default: true})
	}, check: doctor.CheckBusiness, cause: doctor.CauseNoPersonal, warns: true},
	{name: "Severa's activity type for private entries is switched off", before: sopts(func(s *severasim.Options) { s.NoTypes = true }), running: func(_ *testing.T, o *surgeryOffice) {
		o.severa.AddActivityType(severasim.ActivityType{Name: "Meeting", Category: severasim.CalendarEntry, Default: true})
		o.severa.AddActivityType(severasim.ActivityType{Name: "Personal", Category: severasim.Personal, Inactive: true})
	}, check: doctor.CheckBusiness, cause: doctor.CausePersonalOff, warns: true},
	{name: "An activity type that is chosen is not in Severa any more", running: file(func(o *surgeryOffice) {
		o.network = "[rules]\ntypes = [\"Site visit\"]\n"
	}), check: doctor.CheckBusiness, cause: doctor.CauseTypeGone},
	{name: "Severa's credentials may not see entries of one type", running: func(_ *testing.T, o *surgeryOffice) {
		o.severa.AddActivityType(severasim.ActivityType{Name: "Board", Category: severasim.CalendarEntry, Forbidden: true})
	}, check: doctor.CheckBusiness, cause: doctor.CauseTypeForbidden},
	{name: "Severa lets the person own no activities", running: func(_ *testing.T, o *surgeryOffice) {
		u, _ := o.severa.UserByEmail(anna)
		o.severa.EditUser(u.GUID, func(u *severasim.User) { u.UserType, u.OwnsNothing = "RestrictedEmployee", true })
	}, check: doctor.CheckMatch, cause: doctor.CauseNotOwner, warns: true},
	{name: "Severa has no user with the person's address", running: func(_ *testing.T, o *surgeryOffice) {
		u, _ := o.severa.UserByEmail(anna)
		o.severa.EditUser(u.GUID, func(u *severasim.User) { u.Email = "anna.meikalainen@office.test" })
	}, check: doctor.CheckMatch, cause: doctor.CauseNotInBusiness},
	{name: "The person's user in Severa is switched off", running: func(_ *testing.T, o *surgeryOffice) {
		u, _ := o.severa.UserByEmail(anna)
		o.severa.EditUser(u.GUID, func(u *severasim.User) { u.Inactive = true })
	}, check: doctor.CheckMatch, cause: doctor.CauseUserInactive},
	{name: "Two users of Severa have the person's address", running: func(_ *testing.T, o *surgeryOffice) {
		o.severa.AddUser(severasim.User{FirstName: "Anna", LastName: "Twice", Email: anna})
	}, check: doctor.CheckMatch, cause: doctor.CauseTwice},
	{name: "Nobody is in both systems", running: func(_ *testing.T, o *surgeryOffice) {
		o.people = "[people]\neveryone = true\n"
		for _, u := range o.severa.Users() {
			o.severa.EditUser(u.GUID, func(u *severasim.User) { u.Email = "x" + u.Email })
		}
	}, check: doctor.CheckMatch, cause: doctor.CauseNobody},
	{name: "The desktop shows no icons of programs", before: func(_ *testing.T, o *surgeryOffice) { o.tray = func() bool { return false } }, check: doctor.CheckDesktop, cause: doctor.CauseNoTray, warns: true},
	{name: "The desktop does not start the program", before: func(_ *testing.T, o *surgeryOffice) {
		o.tray, o.start = func() bool { return true }, never{}
	}, check: doctor.CheckDesktop, cause: doctor.CauseNoAutostart, warns: true},
	{name: "Exchange 2016 is no longer mended by its maker", before: xopts(func(x *ewssim.Options) { x.Version = ewssim.Exchange2016 }), check: doctor.CheckRetirement, cause: doctor.CauseOutOfSupport, warns: true},
	{name: "Exchange 2007 is no longer mended by its maker", before: xopts(func(x *ewssim.Options) { x.Version = ewssim.Exchange2007SP1 }), check: doctor.CheckRetirement, cause: doctor.CauseOutOfSupport, warns: true},
}

func allFaults() []fault {
	var out []fault
	for _, part := range [][]fault{wayFaults, tlsFaults, serviceFaults, signInFaults, rightsFaults, officeFaults} {
		out = append(out, part...)
	}
	return out
}

// TestDoctor_NamesTheTrueCauseFirst puts an office into each state of the table.
func TestDoctor_NamesTheTrueCauseFirst(t *testing.T) {
	for _, f := range allFaults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			var o surgeryOffice
			o.open(t, f.before, f.running)
			r := o.examine(t, localapi.DoctorRequest{Who: f.who})
			l, bad := r.First()
			want := doctor.Failed
			if f.warns {
				want = doctor.Warned
			}
			if !bad || l.Check != f.check || l.Cause != f.cause || l.State != want {
				t.Errorf("first line: %s %s %s, want %s %s %s\n%s", l.State, l.Check, l.Cause, want, f.check, f.cause, lines(r))
			}
			if n := o.exchange.Gate().Refused(account); n > 1 {
				t.Errorf("%d sign-ins were refused in one examination, want 1 at most", n)
			}
			left, err := o.exchange.Items(anna, "")
			if err == nil && f.cause != doctor.CauseNotRemoved {
				for _, it := range left {
					if strings.Contains(it.Subject, "Lockstep") {
						t.Errorf("a test entry was left in %s", it.Folder)
					}
				}
			}
		})
	}
}
