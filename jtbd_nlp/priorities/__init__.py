"""From approved steps and needs to priorities: a survey, its answers, scores with intervals, and what follows.

Pure functions of frozen values and pandas frames; no storage, no clock, no model. In the order of the work:

- `subjects`, `questionnaire`: what is asked of whom, and how; written by `printed_page`, `question_tables`,
  `limesurvey` and `qualtrics`.
- `reading`, `quality`: answers in, all or none, and what is odd about them.
- `scores`: importance, satisfaction, effort, opportunity, priority, each with an interval, overall and by segment.
- `interviews`, `segments`, `solutions`, `maturity`, `waves`, `strategy`: what stands beside scores and what follows.
- `overview`: all of it at once; shown by `page`, `pictures` and `shown`.
- `simulation`, `sample_survey`: made-up answers, for tests and for the demo.
"""
