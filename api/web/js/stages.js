// The six stages, in the order of a job. Names and definitions are in strings.js.

export const STAGES = ["understand", "plan", "execute", "assess", "revise", "conclude"];
