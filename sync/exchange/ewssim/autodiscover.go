package ewssim

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"

	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// Autodiscovery is how the server answers who looks for it by an address. The
// zero value answers with its own address, in both forms.
type Autodiscovery struct {
	// Off answers 404, OnlyXML has no SOAP form (as Exchange 2007).
	Off, OnlyXML bool
	// ToAddress and ToURL redirect the question.
	ToAddress, ToURL string
	// PlainTo is where plain http leads; without it there is nothing.
	PlainTo string
	// Host is the name in the addresses that are told; default mail.office.test.
	Host string
}

const discoverPath = "/autodiscover/autodiscover."

// discover answers Autodiscover; who asks is signed in already.
func (s *Server) discover(w http.ResponseWriter, r *http.Request) {
	a := s.brokenNow().Autodiscover
	soap := strings.HasSuffix(strings.ToLower(r.URL.Path), ".svc")
	if a.Off || a.OnlyXML && soap {
		http.NotFound(w, r)
		return
	}
	doc, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, "request cannot be read", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", contentType)
	if soap {
		s.discoverSOAP(w, a, doc)
		return
	}
	s.discoverXML(w, a, doc)
}

// discoverFront answers what needs no sign-in.
func (s *Server) discoverFront(w http.ResponseWriter, r *http.Request, signedIn http.Handler) {
	a := s.brokenNow().Autodiscover
	switch {
	case r.TLS == nil && a.PlainTo != "":
		http.Redirect(w, r, a.PlainTo, http.StatusFound)
	case a.Off:
		http.NotFound(w, r)
	default:
		signedIn.ServeHTTP(w, r)
	}
}

func (s *Server) known(address string) bool {
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	m := s.store.Find(address)
	return m != nil && !m.Remote
}

// remote is the cloud address of a mailbox that was moved there.
func (s *Server) remote(address string) string {
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	m := s.store.Find(address)
	if m == nil || !m.Remote {
		return ""
	}
	for _, a := range m.Aliases {
		if strings.HasSuffix(a, ".onmicrosoft.com") {
			return a
		}
	}
	return ""
}

func (s *Server) urls(a Autodiscovery) (ews, oab string) {
	host := a.Host
	if host == "" {
		host = "mail.office.test"
	}
	return "https://" + host + "/EWS/Exchange.asmx", "https://" + host + oabPath
}

func (s *Server) discoverXML(w io.Writer, a Autodiscovery, doc []byte) {
	var q struct {
		Address string `xml:"Request>EMailAddress"`
	}
	body := ""
	switch err := xml.Unmarshal(doc, &q); {
	case err != nil || q.Address == "":
		body = `<Response><Error Time="08:00:00.0000000" Id="1"><ErrorCode>600</ErrorCode><Message>Invalid Request</Message><DebugData /></Error></Response>`
	default:
		body = s.accountXML(a, strings.TrimSpace(q.Address))
	}
	_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">%s</Autodiscover>`, body)
}

func (s *Server) accountXML(a Autodiscovery, address string) string {
	const open = `<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a">`
	to := a.ToAddress
	if to == "" {
		to = s.remote(address)
	}
	x := &xmlnode.Writer{}
	x.Raw(open + `<Account><AccountType>email</AccountType>`)
	switch {
	case to != "":
		x.Text("Action", "redirectAddr")
		x.Text("RedirectAddr", to)
	case a.ToURL != "":
		x.Text("Action", "redirectUrl")
		x.Text("RedirectUrl", a.ToURL)
	case !s.known(address):
		return `<Response><Error Time="08:00:00.0000000" Id="1"><ErrorCode>500</ErrorCode><Message>The email address can't be found.</Message><DebugData /></Error></Response>`
	default:
		ews, oab := s.urls(a)
		x.Text("Action", "settings")
		for _, kind := range []string{"EXCH", "EXPR"} {
			x.Raw("<Protocol>")
			x.Text("Type", kind)
			if kind == "EXCH" {
				x.Text("ServerVersion", fmt.Sprintf("%02X%02X%04X", s.prod.major, s.prod.minor, s.prod.build))
			}
			x.Text("EwsUrl", ews)
			x.Text("OABUrl", oab)
			x.Raw("</Protocol>")
		}
	}
	x.Raw(`</Account></Response>`)
	return string(x.Bytes())
}

func (s *Server) discoverSOAP(w io.Writer, a Autodiscovery, doc []byte) {
	var q struct {
		Address  string   `xml:"Body>GetUserSettingsRequestMessage>Request>Users>User>Mailbox"`
		Settings []string `xml:"Body>GetUserSettingsRequestMessage>Request>RequestedSettings>Setting"`
	}
	_ = xml.Unmarshal(doc, &q) // an address that could not be read is nobody's
	address := strings.TrimSpace(q.Address)
	code, target := "NoError", ""
	to := a.ToAddress
	if to == "" {
		to = s.remote(address)
	}
	switch {
	case to != "":
		code, target = "RedirectAddress", to
	case a.ToURL != "":
		code, target = "RedirectUrl", a.ToURL
	case !s.known(address):
		code = "InvalidUser"
	}
	ews, oab := s.urls(a)
	values := map[string]string{
		"ExternalEwsUrl": ews, "InternalEwsUrl": ews, "ExternalOABUrl": oab, "InternalOABUrl": oab,
		"EwsSupportedSchemas": "Exchange2007, Exchange2007_SP1, Exchange2010",
	}
	x := &xmlnode.Writer{}
	x.Raw(`<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="` + xmlnode.SOAP + `"><s:Body>` +
		`<GetUserSettingsResponseMessage xmlns="http://schemas.microsoft.com/exchange/2010/Autodiscover"><Response>` +
		`<ErrorCode>NoError</ErrorCode><ErrorMessage /><UserResponses><UserResponse>`)
	x.Text("ErrorCode", code)
	x.Text("ErrorMessage", code)
	if target != "" {
		x.Text("RedirectTarget", target)
	}
	x.Raw(`<UserSettingErrors /><UserSettings>`)
	for _, name := range q.Settings {
		if code == "NoError" && values[name] != "" {
			x.Raw(`<UserSetting>`)
			x.Text("Name", name)
			x.Text("Value", values[name])
			x.Raw(`</UserSetting>`)
		}
	}
	x.Raw(`</UserSettings></UserResponse></UserResponses></Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>`)
	_, _ = w.Write(x.Bytes()) // a client that is gone is its own business
}
