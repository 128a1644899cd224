package severasim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lockstep/sync/internal/faultscript"
)

// maxBody bounds a request; the service's own bound is not documented.
const maxBody = 4 << 20

// request is what a route gets to see.
type request struct {
	http  *http.Request
	query url.Values
	body  []byte
	token *grant
	fault faultscript.Rule
}

func (r *request) path(name string) string { return r.http.PathValue(name) }

// answer is what a route says; nothing is sent before the fault script had its say.
type answer struct {
	status int
	body   any    // JSON, unless nil
	text   string // text/plain, where body is nil
	header http.Header
}

func (a answer) with(key, value string) answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(key, value)
	return a
}

type access int

const (
	open   access = iota // no token needed
	signed               // any token
	scoped               // a token with the route's scope
)

type route struct {
	op     string // method and pattern: also its name in a fault script and in the counters
	scope  string
	access access
	write  bool // counts as a write when it succeeds
	serve  func(*request) answer
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, rt := range s.table() {
		mux.HandleFunc(rt.op, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, rt) })
	}
	return mux
}

func (s *Server) table() []route {
	read := func(op, scope string, f func(*request) answer) route {
		return route{op: op, scope: scope, access: scoped, serve: f}
	}
	write := func(op, scope string, f func(*request) answer) route {
		return route{op: op, scope: scope, access: scoped, write: true, serve: f}
	}
	return []route{
		{op: "GET /heartbeat/server", serve: text("Server is alive.")},
		{op: "GET /heartbeat/database", serve: text("Database is alive.")},
		{op: "GET /heartbeat/authorized", access: signed, serve: func(*request) answer { return answer{status: http.StatusNoContent} }},
		{op: "POST /v1/token", serve: s.postToken},
		{op: "POST /v1/refreshtoken", serve: s.postRefreshToken},

		read("GET /v1/activities", "activities:read", s.listActivities),
		write("POST /v1/activities", "activities:write", s.postActivity),
		read("GET /v1/activities/{guid}", "activities:read", s.getActivity),
		write("PATCH /v1/activities/{guid}", "activities:write", s.patchActivity),
		write("DELETE /v1/activities/{guid}", "activities:delete", s.deleteActivity),
		write("DELETE /v1/activities/{guid}/exceptions", "activities:delete", s.deleteExceptions),

		read("GET /v1/activities/{guid}/activityparticipants", "activities:read", s.listParticipants),
		write("DELETE /v1/activities/{guid}/activityparticipants/{participant}", "activities:delete", s.deleteParticipant),
		write("POST /v1/activityparticipants", "activities:write", s.postParticipant),
		read("GET /v1/activityparticipants/{guid}", "activities:read", s.getParticipant),
		write("PATCH /v1/activityparticipants/{guid}", "activities:write", s.patchParticipant),

		read("GET /v1/activitytypes", "settings:read", s.listTypes),
		read("GET /v1/activitytypes/{guid}", "settings:read", s.getType),
		write("POST /v1/activitytypes", "settings:write", s.postType),
		write("PATCH /v1/activitytypes/{guid}", "settings:write", s.patchType),
		write("DELETE /v1/activitytypes/{guid}", "settings:delete", s.deleteType),

		read("GET /v1/users", "users:read", s.listUsers),
		read("GET /v1/users/{guid}", "users:read", s.getUser),
		read("GET /v1/contactpersons", "customers:read", s.listContacts),
		read("GET /v1/contactpersons/{guid}", "customers:read", s.getContact),
		read("GET /v1/phases", "projects:read", s.listPhases),
		read("GET /v1/phases/{guid}", "projects:read", s.getPhase),
		read("GET /v1/projecttaskstatuses", "settings:read", s.listTaskStatuses),
		read("GET /v1/localization/timezones", "settings:read", s.listZones),
		read("GET /v1/localization/timezones/{guid}", "settings:read", s.getZone),
		read("GET /v1/organizationdetails", "organization:read", s.getOrganisation),
		read("GET /v1/guids/convert/{guid}", "settings:read", s.convertGUID),
		read("POST /v1/guids/convert", "settings:read", s.convertGUIDs),
	}
}

func text(t string) func(*request) answer {
	return func(*request) answer { return answer{status: http.StatusOK, text: t} }
}

// Handler serves the REST interface at "/rest-api", as the production host
// does, at the legacy "/psapublicrest", and at the root; below each "/v1.0"
// means "/v1".
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		for _, base := range []string{"/rest-api", "/psapublicrest"} {
			if rest, ok := strings.CutPrefix(path, base+"/"); ok {
				path = "/" + rest
				break
			}
		}
		if rest, ok := strings.CutPrefix(path, "/v1.0/"); ok {
			path = "/v1/" + rest
		}
		plain, err := url.PathUnescape(path)
		if err != nil {
			plain = path
		}
		u := *r.URL
		u.Path, u.RawPath = plain, path
		r2 := *r
		r2.URL = &u
		if _, pattern := s.mux.Handler(&r2); pattern == "" {
			s.noRoute(w, &r2)
			return
		}
		s.mux.ServeHTTP(w, &r2)
	})
}

// noRoute answers 405 where another method would do, PUT above all, else 404.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request) {
	status := http.StatusNotFound
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		other := *r
		other.Method = method
		if _, pattern := s.mux.Handler(&other); pattern != "" {
			status = http.StatusMethodNotAllowed
		}
	}
	s.count("other", false, status)
	s.log.WarnContext(r.Context(), "no such route", "method", r.Method, "status", status)
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	w.WriteHeader(status)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, rt route) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return // the caller is gone
	}
	req := &request{http: r, query: r.URL.Query(), body: body}
	if script := s.script(); script != nil {
		req.fault, _ = script.Next(side, rt.op, s.who(req))
	}
	if !wait(r, s.opts.Latency+req.fault.Delay) {
		return
	}
	a, ok := s.refusedByFault(req, rt)
	if !ok {
		a = s.decide(req, rt)
	}
	s.count(rt.op, rt.write, a.status)
	s.log.DebugContext(r.Context(), "answered", "op", rt.op, "status", a.status, "fault", req.fault.Kind.String())
	s.send(w, a, req)
}

// wait lets real time pass; false means that the caller has gone meanwhile.
func wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// decide runs the checks in front of a route, then the route.
func (s *Server) decide(req *request, rt route) answer {
	if len(req.body) > maxBody {
		return fail(http.StatusRequestEntityTooLarge, "InvalidRequest", "The request is too large.")
	}
	if !s.rate.allow(s.rateKey(req), s.opts.Now()) {
		return s.overQuota()
	}
	if rt.access == open {
		return rt.serve(req)
	}
	req.token = s.auth.check(req.http, s.now())
	if req.token == nil {
		return unauthorized()
	}
	if a, ok := s.blocked(); ok {
		return a
	}
	if rt.access == scoped && !req.token.scopes[rt.scope] {
		return fail(http.StatusForbidden, "InsufficientApiScope", "Insufficient API scope. Required scope: "+rt.scope+".")
	}
	return rt.serve(req)
}

func (s *Server) blocked() (answer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.addonMissing:
		return fail(http.StatusForbidden, "AddonMissing", "The REST API add-on is not active in the organization."), true
	case s.termsMissing:
		return fail(http.StatusForbidden, "TermsOfServiceNotApproved", "The terms of service have not been approved."), true
	}
	return answer{}, false
}

// who names the user that a call concerns, for the fault script.
func (s *Server) who(r *request) string {
	if users := r.query["userGuids"]; len(users) > 0 {
		return users[0]
	}
	if guid, _, _ := strings.Cut(r.path("guid"), ","); guid != "" {
		if a, err := s.st.get(guid); err == nil {
			return a.OwnerGUID
		}
		if _, id, err := s.st.participant(guid); err == nil {
			if a, err := s.st.get(id); err == nil {
				return a.OwnerGUID
			}
		}
		return guid
	}
	var b struct {
		OwnerUser       struct{ GUID string }
		ParticipantGUID string
	}
	if json.Unmarshal(r.body, &b) != nil {
		return ""
	}
	if b.OwnerUser.GUID != "" {
		return b.OwnerUser.GUID
	}
	return b.ParticipantGUID
}

// encode writes JSON as the service does: no HTML escapes.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// decode reads a JSON body, whatever the case of its names.
func decode(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("data after the end")
	}
	return nil
}
