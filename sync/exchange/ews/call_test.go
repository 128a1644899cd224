package ews_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lockstep/sync/exchange/ews"
)

func TestCall_ReportsWhatBecameOfARequest(t *testing.T) {
	const op = "CreateItem"
	created := response(op, success(op, `<m:Items><t:CalendarItem><t:ItemId Id="I" ChangeKey="C"/></t:CalendarItem></m:Items>`))
	html := `<html><body>Sign in</body></html>`
	plain := func(status int, kind, body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	xml := func(status int, body string) func(http.ResponseWriter, *http.Request) {
		return plain(status, "text/xml; charset=utf-8", body)
	}
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(created)))
		_, _ = io.WriteString(w, created[:len(created)/2])
		panic(http.ErrAbortHandler)
	}
	for _, tc := range []struct {
		name        string
		answer      func(http.ResponseWriter, *http.Request)
		read, write ews.Class
	}{
		{"no answer", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, ews.ClassUnavailable, ews.ClassUnknown},
		{"cut answer", cut, ews.ClassUnavailable, ews.ClassUnknown},
		{"truncated xml", xml(200, created[:len(created)/2]), ews.ClassProtocol, ews.ClassUnknown},
		{"empty answer", xml(200, ""), ews.ClassProtocol, ews.ClassUnknown},
		{"html page", plain(200, "text/html", html), ews.ClassProtocol, ews.ClassUnknown},
		{"html in xml clothes", xml(200, html), ews.ClassProtocol, ews.ClassUnknown},
		{"other root", xml(200, `<Envelope/>`), ews.ClassProtocol, ews.ClassUnknown},
		{"soap of another version", func(w http.ResponseWriter, _ *http.Request) {
			both := responseBody(op, success(op, item("A"))) + responseBody("GetFolder", success("GetFolder", folderAnswer))
			write(w, 200, `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>`+both+`</s:Body></s:Envelope>`)
		}, ews.ClassProtocol, ews.ClassUnknown},
		{"other operation", xml(200, response("FindFolder", success("FindFolder", ""))), ews.ClassProtocol, ews.ClassUnknown},
		{"no response message", xml(200, response(op)), ews.ClassProtocol, ews.ClassUnknown},
		{"html 500", plain(500, "text/html", "Server Error in '/EWS' Application"), ews.ClassUnavailable, ews.ClassUnknown},
		{"xml 500 that is no fault", xml(500, "<error/>"), ews.ClassUnavailable, ews.ClassUnknown},
		{"502", plain(502, "text/html", html), ews.ClassUnavailable, ews.ClassUnknown},
		{"503", plain(503, "text/html", html), ews.ClassUnavailable, ews.ClassUnknown},
		{"504", plain(504, "text/html", html), ews.ClassUnavailable, ews.ClassUnknown},
		{"403", plain(403, "text/html", html), ews.ClassBlocked, ews.ClassBlocked},
		{"404", plain(404, "text/html", html), ews.ClassProtocol, ews.ClassProtocol},
		{"413", plain(413, "text/html", html), ews.ClassInvalid, ews.ClassInvalid},
		{"429", plain(429, "text/html", html), ews.ClassThrottled, ews.ClassThrottled},
		{"440", plain(440, "text/html", html), ews.ClassAuth, ews.ClassAuth},
		{"456", plain(456, "text/html", html), ews.ClassBlocked, ews.ClassBlocked},
		{"locked account", plain(500, "text/html", "The referenced account is currently locked out and may not be logged on to"), ews.ClassAuth, ews.ClassAuth},
		{"error page", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/ews/genericerrorpage.htm?aspxerrorpath=/ews/exchange.asmx", http.StatusFound)
		}, ews.ClassUnavailable, ews.ClassUnavailable},
		{"server busy", xml(500, envelope(faultBody("ErrorServerBusy", backOff(60000)))), ews.ClassThrottled, ews.ClassThrottled},
		{"impersonation refused", xml(500, envelope(faultBody("ErrorImpersonateUserDenied", ""))), ews.ClassCalendarForbidden, ews.ClassCalendarForbidden},
		{"access denied as a whole", xml(500, envelope(faultBody("ErrorAccessDenied", ""))), ews.ClassCalendarForbidden, ews.ClassCalendarForbidden},
		{"unknown mailbox", xml(500, envelope(faultBody("ErrorNonExistentMailbox", ""))), ews.ClassCalendarNotFound, ews.ClassCalendarNotFound},
		{"schema violation", xml(500, envelope(faultBody("ErrorSchemaValidation", ""))), ews.ClassInvalid, ews.ClassInvalid},
		{"internal error", xml(500, envelope(faultBody("ErrorInternalServerError", ""))), ews.ClassUnavailable, ews.ClassUnknown},
		{"routing error of the front end", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Caserrorcode", "ErrorMailboxMoveInProgress")
			w.WriteHeader(500)
		}, ews.ClassUnavailable, ews.ClassUnavailable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var writes atomic.Int64
			s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, r *http.Request, _ int, body string) {
				if strings.Contains(body, "<m:CreateItem") {
					writes.Add(1)
				}
				tc.answer(w, r)
			})
			err := createOne(t, newClient(t, s.options()).Mailbox("anna@example.com"))
			e := wantClass(t, err, tc.write)
			if !e.Sent {
				t.Error("error says that nothing was sent")
			}
			if n := writes.Load(); n != 1 {
				t.Errorf("the write was sent %d times, want once", n)
			}
			wantClass(t, getFolder(t, newClient(t, s.options()).Mailbox("anna@example.com")), tc.read)
		})
	}
}

func TestCall_AWaitThatIsCutShortLeavesAWriteOpen(t *testing.T) {
	arrived := make(chan struct{})
	release := make(chan struct{})
	s := newScript(t, scriptOptions{}, func(_ http.ResponseWriter, _ *http.Request, _ int, _ string) {
		arrived <- struct{}{}
		<-release
	})
	defer close(release)
	m := newClient(t, s.options()).Mailbox("anna@example.com")
	// patience ends as soon as the request has arrived.
	patience := func() context.Context {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-arrived
			cancel()
		}()
		return ctx
	}
	_, err := m.CreateItem(patience(), calendar(), []ews.NewItem{{Item: ews.CalendarItem{Subject: "x"}, Fields: []ews.FieldURI{ews.FieldSubject}}}, ews.SendToNone)
	if e := wantClass(t, err, ews.ClassUnknown); !e.Sent || !errors.Is(err, context.Canceled) {
		t.Errorf("sent %v, cause %v; want true and the context's", e.Sent, e.Err)
	}
	_, err = m.GetFolder(patience(), calendar())
	wantClass(t, err, ews.ClassUnavailable)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = m.GetFolder(ctx, calendar())
	if e := wantClass(t, err, ews.ClassUnavailable); e.Sent {
		t.Error("a call that was cancelled before it began says that something was sent")
	}
	o := s.options()
	o.Timeout = time.Nanosecond
	wantClass(t, createOne(t, newClient(t, o).Mailbox("anna@example.com")), ews.ClassUnavailable)
}

func TestCall_RefusedConnectionSendsNothing(t *testing.T) {
	s := newScript(t, scriptOptions{}, folders)
	o := s.options()
	s.Close()
	if e := wantClass(t, createOne(t, newClient(t, o).Mailbox("")), ews.ClassUnavailable); e.Sent {
		t.Error("error says that something was sent")
	}
}

func TestCall_ReadsWhatStrictParsersRefuse(t *testing.T) {
	name := "a\x00b\x01c&#x0;d&#31;e&#xFFFE;f\xffg&amp;#1;"
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, r *http.Request, _ int, _ string) {
		body := response("GetFolder", success("GetFolder", strings.Replace(folderAnswer, ">Calendar<", ">"+name+"<", 1)))
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped(body))
			return
		}
		t.Error("gzip was not asked for")
	})
	rs, err := newClient(t, s.options()).Mailbox("anna@example.com").GetFolder(t.Context(), calendar())
	if err != nil || rs[0].Err != nil {
		t.Fatal(err, rs)
	}
	const fffd = "\uFFFD"
	if got, want := rs[0].Folder.DisplayName, "a"+fffd+"b"+fffd+"c"+fffd+"d"+fffd+"e"+fffd+"f"+fffd+"g&#1;"; got != want {
		t.Errorf("name is %q, want %q", got, want)
	}
}

func TestCall_RefusesAnAnswerWithoutEnd(t *testing.T) {
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zipped(strings.Repeat(" ", 1<<20)))
	})
	o := s.options()
	o.MaxAnswer = 64 << 10
	wantClass(t, getFolder(t, newClient(t, o).Mailbox("")), ews.ClassProtocol)
}

func TestCall_NeverFollowsARedirect(t *testing.T) {
	other := newScript(t, scriptOptions{bearer: true}, folders)
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, r *http.Request, _ int, _ string) {
		http.Redirect(w, r, other.URL+"/EWS/Exchange.asmx", http.StatusTemporaryRedirect)
	})
	wantClass(t, getFolder(t, newClient(t, s.options()).Mailbox("anna@example.com")), ews.ClassProtocol)
	wantClass(t, createOne(t, newClient(t, s.options()).Mailbox("anna@example.com")), ews.ClassProtocol)
	if n := len(other.recorded()); n != 0 {
		t.Errorf("the other host got %d requests, want none", n)
	}
}

func TestCall_WaitsOutAShortPauseAndReportsALongOne(t *testing.T) {
	pause := 30
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, r *http.Request, n int, body string) {
		if n%2 == 1 {
			write(w, 500, envelope(faultBody("ErrorServerBusy", backOff(pause))))
			return
		}
		folders(w, r, n, body)
	})
	c := newClient(t, s.options())
	e := wantClass(t, getFolder(t, c.Mailbox("anna@example.com")), ews.ClassThrottled)
	if e.RetryAfter != 30*time.Millisecond || e.Code != "ErrorServerBusy" {
		t.Errorf("pause %s, code %s; want 30ms and ErrorServerBusy", e.RetryAfter, e.Code)
	}
	if err := getFolder(t, c.Mailbox("ben@example.com")); err != nil {
		t.Fatal(err)
	}
	pause = 3_600_000
	wantClass(t, getFolder(t, c.Mailbox("anna@example.com")), ews.ClassThrottled)
	before := len(s.recorded())
	e = wantClass(t, createOne(t, c.Mailbox("ben@example.com")), ews.ClassThrottled)
	if e.Sent || e.RetryAfter < 59*time.Minute {
		t.Errorf("sent %v, pause %s; want nothing sent and almost an hour", e.Sent, e.RetryAfter)
	}
	if got := len(s.recorded()); got != before {
		t.Errorf("%d requests were sent during the pause", got-before)
	}
}

func TestCall_ObeysRetryAfterAndBusyInsideAnAnswer(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer func(w http.ResponseWriter)
		class  ews.Class
		want   time.Duration
	}{
		{"retry-after of a 503", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(503)
		}, ews.ClassUnavailable, 2 * time.Minute},
		{"busy inside an internal error with status 200", func(w http.ResponseWriter) {
			write(w, 200, response("GetFolder", failure("GetFolder", "ErrorInternalServerError",
				`<m:MessageXml><t:Value Name="InnerErrorResponseCode">ErrorServerBusy</t:Value><t:Value Name="BackOffMilliseconds">90000</t:Value></m:MessageXml>`)))
		}, ews.ClassThrottled, 90 * time.Second},
		{"busy without a hint", func(w http.ResponseWriter) {
			write(w, 500, envelope(faultBody("ErrorServerBusy", "")))
		}, ews.ClassThrottled, time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, _ *http.Request, _ int, _ string) { tc.answer(w) })
			c := newClient(t, s.options())
			if e := wantClass(t, getFolder(t, c.Mailbox("anna@example.com")), tc.class); e.RetryAfter != tc.want {
				t.Errorf("pause %s, want %s", e.RetryAfter, tc.want)
			}
			wantClass(t, getFolder(t, c.Mailbox("ben@example.com")), ews.ClassThrottled)
			if n := len(s.recorded()); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

func TestCall_KeepsCookiesPerMailbox(t *testing.T) {
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, r *http.Request, n int, body string) {
		http.SetCookie(w, &http.Cookie{Name: "X-BackEndCookie", Value: r.Header.Get("X-AnchorMailbox")})
		folders(w, r, n, body)
	})
	o := s.options()
	o.Lanes = 1
	c := newClient(t, o)
	for _, who := range []string{"anna", "ben", "anna", "ben"} {
		if err := getFolder(t, c.Mailbox(who+"@example.com")); err != nil {
			t.Fatal(err)
		}
	}
	got := s.recorded()
	for i, want := range []string{"", "", "X-BackEndCookie=anna@example.com", "X-BackEndCookie=ben@example.com"} {
		if c := got[i].header.Get("Cookie"); c != want {
			t.Errorf("request %d carries %q, want %q", i, c, want)
		}
		if a := got[i].header.Get("X-AnchorMailbox"); !strings.HasSuffix(a, "@example.com") {
			t.Errorf("request %d has anchor %q", i, a)
		}
		if got[i].header.Get("client-request-id") == "" || got[i].header.Get("User-Agent") != "Lockstep" {
			t.Errorf("request %d lacks its id or has agent %q", i, got[i].header.Get("User-Agent"))
		}
		if _, ok := got[i].header["X-Idempotency-Key"]; ok {
			t.Error("the transport's mark went over the wire")
		}
	}
}

// TestCall_AWriteOnAWarmLaneIsNeverRepeated loses the answer on a connection that was used before, where the transport repeats reads by itself.
func TestCall_AWriteOnAWarmLaneIsNeverRepeated(t *testing.T) {
	var reads, writes atomic.Int64
	s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, r *http.Request, n int, body string) {
		if strings.Contains(body, "<m:CreateItem") {
			writes.Add(1)
			panic(http.ErrAbortHandler)
		}
		if reads.Add(1) == 2 {
			panic(http.ErrAbortHandler)
		}
		folders(w, r, n, body)
	})
	m := newClient(t, s.options()).Mailbox("anna@example.com")
	for range 2 {
		if err := getFolder(t, m); err != nil {
			t.Fatal(err)
		}
	}
	if n := reads.Load(); n != 3 {
		t.Errorf("%d reads arrived, want 3: the lost one is repeated", n)
	}
	wantClass(t, createOne(t, m), ews.ClassUnknown)
	if n := writes.Load(); n != 1 {
		t.Errorf("%d writes arrived, want 1", n)
	}
}
