#!/bin/sh
# Makes an activity and a series with exceptions of the first person.
# Standard input is the line that `lockstepctl sim` prints.
set -eu
access=$(cat)
url=$(printf %s "$access" | jq -er .severa.url)/v1
client=$(printf %s "$access" | jq -er .severa.client_id)
email=$(printf %s "$access" | jq -er '.people[0].email')
token=$(printf %s "$access" | jq '{client_id: .severa.client_id, client_secret: .severa.client_secret,
  scope: "activities:read,activities:write,activities:delete,users:read,settings:read"}' |
  curl -sS -f --retry 9 -H 'Content-Type: application/json' -d @- "$url/token" | jq -er .access_token)
call() {
  curl -sS -f --retry 9 -H "Authorization: Bearer $token" -H "Client_Id: $client" -H 'Content-Type: application/json' "$@"
}
user=$(call "$url/users?email=$email" | jq -er '.[0].guid')
kind=$(call "$url/activitytypes?active=true" | jq -er 'first(.[] | select(.category == "CalendarEntry") | .guid)')
jq -n --arg u "$user" --arg t "$kind" '{name: "Made by curl – äö", hasDuration: true, activityType: {guid: $t}, ownerUser: {guid: $u},
  startDateTime: (now + 345600 | floor | todateiso8601), endDateTime: (now + 349200 | floor | todateiso8601)}' |
  call -d @- "$url/activities" >/dev/null

# A week from now, at eleven o'clock UTC, six times.
first=$(jq -n '((now / 86400 | floor) + 7) * 86400 + 39600')
at() { jq -nr --argjson s "$first" --argjson w "$1" --argjson h "$2" '$s + $w * 604800 + $h * 3600 | todateiso8601'; }
series=$(jq -n --arg u "$user" --arg t "$kind" --arg s "$(at 0 0)" --arg e "$(at 0 1)" '
  ($s | fromdateiso8601 | gmtime | .[6]) as $day |
  {name: "Series by curl – äö", hasDuration: true, activityType: {guid: $t}, ownerUser: {guid: $u}, startDateTime: $s, endDateTime: $e,
    recurrence: {frequency: "Weekly", range: {maxOccurrences: 6}, pattern: {weekly: ({interval: 1} +
      {(["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"][$day]): true})}}}' |
  call -d @- "$url/activities" | jq -er .guid)
dates=$(call -G --data-urlencode "userGuids=$user" --data-urlencode "startDateTime=$(at 0 -1)" --data-urlencode "endDateTime=$(at 6 0)" \
  --data-urlencode rowCount=100 "$url/activities" |
  jq -r --arg id "$series" '[.[] | select(.recurrenceParentActivityGuid == $id)] | sort_by(.startDateTime) | .[].guid')
one() { printf '%s\n' "$dates" | sed -n "$1p" | sed 's/;/%3B/'; }
change() { call -o /dev/null -X PATCH -d "$2" "$url/activities/$(one "$1")"; }
change 2 "$(jq -n --arg s "$(at 1 3)" --arg e "$(at 1 5)" '[{op: "replace", path: "/startDateTime", value: $s}, {op: "replace", path: "/endDateTime", value: $e}]')"
change 3 '[{"op": "replace", "path": "/name", "value": "Series by curl – äö, renamed"}]'
call -X DELETE "$url/activities/$(one 4)"
