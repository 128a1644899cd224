#!/bin/sh
# Makes one activity of the first person.
# Standard input is the line that `lockstepctl sim` prints.
set -eu
access=$(cat)
url=$(printf %s "$access" | jq -er .severa.url)/v1
client=$(printf %s "$access" | jq -er .severa.client_id)
email=$(printf %s "$access" | jq -er '.people[0].email')
token=$(printf %s "$access" | jq '{client_id: .severa.client_id, client_secret: .severa.client_secret,
  scope: "activities:read,activities:write,users:read,settings:read"}' |
  curl -sS -f --retry 9 -H 'Content-Type: application/json' -d @- "$url/token" | jq -er .access_token)
call() {
  curl -sS -f --retry 9 -H "Authorization: Bearer $token" -H "Client_Id: $client" -H 'Content-Type: application/json' "$@"
}
user=$(call "$url/users?email=$email" | jq -er '.[0].guid')
kind=$(call "$url/activitytypes?active=true" | jq -er 'first(.[] | select(.category == "CalendarEntry") | .guid)')
jq -n --arg u "$user" --arg t "$kind" '{name: "Made by curl – äö", hasDuration: true, activityType: {guid: $t}, ownerUser: {guid: $u},
  startDateTime: (now + 345600 | floor | todateiso8601), endDateTime: (now + 349200 | floor | todateiso8601)}' |
  call -d @- "$url/activities" >/dev/null
