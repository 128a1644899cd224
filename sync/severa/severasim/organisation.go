package severasim

import (
	"net/http"
	"strings"
)

type organisationModel struct {
	GUID         string   `json:"guid"`
	Name         string   `json:"name"`
	Country      *country `json:"country"`
	Language     *country `json:"language"`
	Timezone     *ref     `json:"timezone"`
	ActiveAddons []string `json:"activeAddons"`
}

type country struct {
	Name string `json:"name"`
	Code string `json:"code"`
	GUID string `json:"guid"`
}

func (s *Server) getOrganisation(*request) answer {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	m := organisationModel{
		GUID: keywordGUID("organisation " + s.st.organisation), Name: s.st.organisation,
		Country:      &country{Name: "Finland", Code: "FI", GUID: keywordGUID("country FI")},
		Language:     &country{Name: "English", Code: "en", GUID: keywordGUID("language en")},
		ActiveAddons: []string{"RestApi"},
	}
	if z, ok := s.st.zone(s.st.organisationZone.String()); ok {
		m.Timezone = &ref{GUID: z.guid, Name: z.name}
	}
	return answer{status: http.StatusOK, body: m}
}

type conversion struct {
	GUID      string `json:"guid"`
	Converted string `json:"converted"`
}

// convertGUID turns a guid of the older SOAP interface into one of this interface.
func (s *Server) convertGUID(r *request) answer {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	old := strings.ToLower(r.path("guid"))
	converted, ok := s.st.legacy[old]
	if !ok {
		return missing()
	}
	return answer{status: http.StatusOK, body: conversion{GUID: old, Converted: converted}}
}

func (s *Server) convertGUIDs(r *request) answer {
	var old []string
	if err := decode(r.body, &old); err != nil {
		return failAt("InvalidParameter", "The request body must be an array of guids.", inBody, "")
	}
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	out := []conversion{}
	for _, g := range old {
		if converted, ok := s.st.legacy[strings.ToLower(g)]; ok {
			out = append(out, conversion{GUID: strings.ToLower(g), Converted: converted})
		}
	}
	return answer{status: http.StatusOK, body: out}
}

// AddLegacyGUID lets a guid of the SOAP interface be converted.
func (s *Server) AddLegacyGUID(legacy, guid string) {
	s.st.mu.Lock()
	defer s.st.mu.Unlock()
	s.st.legacy[strings.ToLower(legacy)] = strings.ToLower(guid)
}
